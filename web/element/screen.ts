import type { CameraView } from './camera-view.ts'
import type { Fit } from './picture-size.ts'
import { STYLE } from './style.ts'
import type { Words } from './words.ts'

/** What people may do in an element with controls. */
export interface ScreenActions {
  photo(): void
  fullScreen(): void
  start(): void
}

/** The inside of an element: a canvas, words over it where there is no picture, and buttons. All text is set as text. */
export class Screen {
  readonly #canvas = make('canvas', 'picture')
  readonly #frame = make('div', 'frame')
  readonly #notice = make('div', 'notice')
  readonly #title = make('p', 'title')
  readonly #state = make('p', 'state')
  readonly #reason = make('p', 'reason')
  readonly #since = make('p', 'since')
  readonly #controls = make('div', 'controls')
  readonly #photo = make('button', 'button')
  readonly #fullScreen = make('button', 'button')
  readonly #start = make('button', 'button')
  readonly #context: ImageBitmapRenderingContext | null
  #mounted: HTMLElement | undefined

  constructor(root: ShadowRoot, actions: ScreenActions) {
    addStyle(root)
    this.#context = this.#canvas.getContext('bitmaprenderer')
    this.#photo.addEventListener('click', actions.photo)
    this.#fullScreen.addEventListener('click', actions.fullScreen)
    this.#start.addEventListener('click', actions.start)
    this.#notice.append(this.#title, this.#state, this.#reason, this.#since, this.#start)
    this.#controls.append(this.#photo, this.#fullScreen)
    this.#frame.append(this.#canvas, this.#notice, this.#controls)
    root.append(this.#frame)
  }

  /** Width by height of what is shown; undefined before the first picture. */
  get aspect(): number | undefined {
    return this.#isEmpty ? undefined : this.#canvas.width / this.#canvas.height
  }

  /** Shows a picture and takes it over. */
  draw(bitmap: ImageBitmap): void {
    const { width, height } = bitmap
    if (this.#canvas.width !== width || this.#canvas.height !== height || this.#isEmpty) {
      this.#canvas.width = width
      this.#canvas.height = height
      this.#frame.style.setProperty('--picture-ratio', `${width} / ${height}`)
    }
    this.#context?.transferFromImageBitmap(bitmap)
    this.#canvas.dataset['drawn'] = 'yes'
  }

  /** Forgets the picture: it is of another camera. */
  clear(): void {
    this.#context?.transferFromImageBitmap(null)
    delete this.#canvas.dataset['drawn']
  }

  /** Puts something else in the place of the canvas, until the next call or `unmount()`. */
  mount(element: HTMLElement): void {
    this.unmount()
    this.#mounted = element
    this.#frame.prepend(element)
  }

  unmount(): void {
    this.#mounted?.remove()
    this.#mounted = undefined
  }

  fit(fit: Fit): void {
    this.#frame.style.setProperty('--fit', fit)
  }

  /** The last picture, as a JPEG. */
  toBlob(): Promise<Blob | null> {
    return new Promise((resolve) => this.#canvas.toBlob(resolve, 'image/jpeg', PHOTO_QUALITY))
  }

  /** Says what is the matter, or nothing while pictures come. */
  tell(
    view: CameraView,
    texts: { readonly title: string; readonly since: string; readonly words: Words },
    hasControls: boolean,
  ): void {
    const { state } = view
    const { title, since, words } = texts
    this.#frame.classList.toggle('away', state === 'offline' || state === 'stopped')
    this.#notice.hidden = state === 'live' || state === 'paused'
    this.#controls.hidden = !hasControls
    if (this.#photo.textContent !== words.photo) {
      this.#photo.textContent = words.photo
      this.#fullScreen.textContent = words.fullScreen
      this.#start.textContent = words.start
    }
    this.#start.hidden = !hasControls || state !== 'stopped'
    if (state === 'live' || state === 'paused') return
    this.#title.textContent = title
    this.#state.textContent = words.states[state]
    this.#reason.textContent = (view.reason && words.reasons[view.reason]) || view.message || ''
    this.#since.textContent = since
  }

  get #isEmpty(): boolean {
    return this.#canvas.dataset['drawn'] === undefined
  }
}

const PHOTO_QUALITY = 0.92

/** An element that can be styled from outside by the name of its class. */
function make<Name extends keyof HTMLElementTagNameMap>(name: Name, part: string): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name)
  element.className = part
  element.setAttribute('part', part)
  if (element instanceof HTMLButtonElement) element.type = 'button'
  return element
}

/** A sheet that all elements share; one that is constructed needs no permission of a page's policy. */
function addStyle(root: ShadowRoot): void {
  if (!sheet) {
    sheet = new CSSStyleSheet()
    sheet.replaceSync(STYLE)
  }
  root.adoptedStyleSheets = [sheet]
}

let sheet: CSSStyleSheet | undefined
