import { openMjpegFeed } from '../fallback/mjpeg-feed.ts'
import { openSnapshotFeed } from '../fallback/snapshot-feed.ts'
import { Base } from './camera-events.ts'
import { type CameraStats, type CameraView, LOADING } from './camera-view.ts'
import type { Feed, FeedOutput, FeedPicture, OpenFeed } from './feed.ts'
import { gatewayAddress, isMixedContent } from './gateway-address.ts'
import { watchVisibility } from './on-screen.ts'
import { type Fit, neededFps, neededWidth } from './picture-size.ts'
import { Screen } from './screen.ts'
import { formatSince } from './since.ts'
import { StatsMeter } from './stats-meter.ts'
import { openWallFeed } from './wall-feed.ts'
import { wordsOf } from './words.ts'

/** How an element gets its pictures. */
export type CameraMode = 'wall' | 'mjpeg' | 'snapshot'

/**
 * `<atalaya-camera camera="1">`: the live pictures of one camera of a gateway. It fetches while somebody can see it, comes back by
 * itself, lifts no stop, and frees everything when it is removed.
 */
export class AtalayaCamera extends Base {
  static readonly observedAttributes = [
    'camera',
    'gateway',
    'mode',
    'fps',
    'width',
    'quality',
    'stream',
    'fit',
    'controls',
    'lang',
  ]

  readonly #screen: Screen
  readonly #meter = new StatsMeter()
  #feed: Feed | undefined
  #feedKey = ''
  #isBlocked = false
  #isVisible = false
  #view: CameraView = LOADING
  #told = ''
  #stopWatching: (() => void) | undefined
  #resizes: ResizeObserver | undefined
  #statsTimer: ReturnType<typeof setInterval> | undefined
  #sizeTimer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.#screen = new Screen(this.attachShadow({ mode: 'open' }), {
      photo: () => void this.#savePhoto(),
      fullScreen: () => void this.#toggleFullScreen(),
      start: () => void this.#start(),
    })
  }

  /** The id of the camera. */
  get camera(): string {
    return this.getAttribute('camera') ?? ''
  }
  set camera(id: string) {
    this.setAttribute('camera', id)
  }

  /** The gateway's address, such as `http://10.0.0.5:5000`; by default where the script came from. */
  get gateway(): string {
    return this.getAttribute('gateway') ?? ''
  }
  set gateway(address: string) {
    this.#reflect('gateway', address)
  }

  /** How it gets its pictures: `wall` unless it says otherwise. */
  get mode(): CameraMode {
    const mode = this.getAttribute('mode')
    return mode === 'mjpeg' || mode === 'snapshot' ? mode : 'wall'
  }
  set mode(mode: CameraMode) {
    this.setAttribute('mode', mode)
  }

  /** At most so many pictures a second; `null`: as many as suit its size. */
  get fps(): number | null {
    return this.#number('fps')
  }
  set fps(fps: number | null) {
    this.#reflect('fps', fps)
  }

  /** Pictures at most so wide, in pixels; `null`: as wide as the element is on the screen. */
  get width(): number | null {
    return this.#number('width')
  }
  set width(width: number | null) {
    this.#reflect('width', width)
  }

  /** JPEG quality from 1 to 100; `auto`: rate, quality and size follow what the line takes. */
  get quality(): number | 'auto' {
    const quality = Math.round(this.#number('quality') ?? 0)
    return quality >= 1 && quality <= 100 ? quality : 'auto'
  }
  set quality(quality: number | 'auto') {
    this.setAttribute('quality', String(quality))
  }

  /** Which stream of a camera with two; `null`: the smallest that serves. */
  get stream(): 'main' | 'sub' | null {
    const stream = this.getAttribute('stream')
    return stream === 'main' || stream === 'sub' ? stream : null
  }
  set stream(stream: 'main' | 'sub' | null) {
    this.#reflect('stream', stream)
  }

  /** How pictures fill the element: `contain` unless it says otherwise. */
  get fit(): Fit {
    const fit = this.getAttribute('fit')
    return fit === 'cover' || fit === 'fill' ? fit : 'contain'
  }
  set fit(fit: Fit) {
    this.setAttribute('fit', fit)
  }

  /** Buttons for a photo and for the full screen. */
  get controls(): boolean {
    return this.hasAttribute('controls')
  }
  set controls(controls: boolean) {
    this.toggleAttribute('controls', controls)
  }

  /** What it shows at this moment. */
  get view(): CameraView {
    return this.#view
  }

  /** What it has shown lately. */
  get stats(): CameraStats {
    return this.#meter.stats
  }

  /**
   * The camera's picture as a JPEG: a new one in full size, or what is on the screen where the gateway does not let this page read
   * that. `null` where there is none.
   */
  async snapshot(): Promise<Blob | null> {
    const address = new URL(`camera/${encodeURIComponent(this.camera)}/snapshot`, gatewayAddress(this.gateway))
    const answer = await fetch(address, { cache: 'no-store' }).catch(() => undefined)
    return answer?.ok ? answer.blob() : this.#screen.toBlob()
  }

  /** Begins anew, as if the element had just been put there. */
  reload(): void {
    this.#closeFeed()
    this.#update()
  }

  /** @internal */
  connectedCallback(): void {
    if (!this.hasAttribute('role')) this.setAttribute('role', 'img')
    this.#stopWatching = watchVisibility(this, (isVisible) => this.#onVisibility(isVisible))
    this.#resizes = new ResizeObserver(() => this.#onResize())
    this.#resizes.observe(this)
    this.#statsTimer = setInterval(() => this.#tellStats(), STATS_EVERY_MS)
    this.#tell(this.#view)
    this.#update()
  }

  /** @internal */
  disconnectedCallback(): void {
    this.#stopWatching?.()
    this.#resizes?.disconnect()
    clearInterval(this.#statsTimer)
    clearTimeout(this.#sizeTimer)
    this.#closeFeed()
    this.#screen.unmount()
    this.#screen.clear()
    this.#isVisible = false
    this.#view = LOADING
    this.#told = ''
  }

  /** @internal */
  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after) return
    if (name === 'camera' || name === 'gateway') {
      this.#screen.clear()
      this.#meter.clear()
    }
    if (name === 'mode' || name === 'gateway') this.#isBlocked = false
    if (this.isConnected) this.#update()
  }

  #onVisibility(isVisible: boolean): void {
    this.#isVisible = isVisible
    this.#update()
    this.#tell(
      isVisible
        ? this.#view.state === 'paused'
          ? { ...LOADING, name: this.#view.name }
          : this.#view
        : { ...LOADING, state: 'paused', name: this.#view.name },
    )
  }

  #onResize(): void {
    clearTimeout(this.#sizeTimer)
    this.#sizeTimer = setTimeout(() => this.#update(), SETTLE_MS)
  }

  /** Opens the way to the pictures, or another one where that has changed, and says what is wanted. */
  #update(): void {
    this.#screen.fit(this.fit)
    const gateway = gatewayAddress(this.gateway)
    if (this.camera === '') {
      this.#closeFeed()
      this.#tell({ ...LOADING, state: 'missing', reason: 'no-camera' })
      return
    }
    if (isMixedContent(gateway)) {
      this.#closeFeed()
      this.#tell({ ...LOADING, state: 'forbidden', reason: 'mixed-content' })
      return
    }
    const mode = this.mode === 'wall' && this.#isBlocked ? 'snapshot' : this.mode
    const key = `${mode} ${gateway.href}`
    if (!this.#feed || key !== this.#feedKey) {
      this.#closeFeed()
      this.#feedKey = key
      this.#feed = FEEDS[mode](gateway, this.#output())
      // The way may be known to be blocked already.
      if (this.#feedKey !== key) return
    }
    const width = this.width ?? this.#neededWidth()
    this.#feed.ask({
      camera: this.camera,
      visible: this.#isVisible && width !== undefined,
      width: width ?? undefined,
      fps: this.fps ?? (mode === 'wall' ? neededFps(width) : undefined),
      quality: this.quality,
      stream: this.stream ?? undefined,
    })
    this.#tell(this.#view)
  }

  #output(): FeedOutput {
    const key = this.#feedKey
    const isCurrent = () => key === this.#feedKey
    return {
      view: (view) => isCurrent() && this.#isVisible && this.#tell(view),
      picture: (picture) => this.#draw(picture, isCurrent()),
      mount: (frame) => this.#screen.mount(frame),
      facts: (rendition, camera) => this.#meter.know(rendition, camera),
      failed: () => {
        this.#isBlocked = true
        queueMicrotask(() => this.isConnected && this.#update())
      },
    }
  }

  #draw({ bitmap, bytes, age, skipped }: FeedPicture, isCurrent: boolean): void {
    if (!isCurrent) {
      bitmap.close()
      return
    }
    this.#meter.count({ bytes, age, skipped, width: bitmap.width, height: bitmap.height })
    const { aspect } = this.#screen
    this.#screen.unmount()
    this.#screen.draw(bitmap)
    if (aspect !== this.#screen.aspect) this.#onResize()
  }

  #closeFeed(): void {
    this.#feedKey = ''
    this.#feed?.close()
    this.#feed = undefined
  }

  #tell(view: CameraView): void {
    this.#view = view
    const words = wordsOf(this.#language)
    const title = view.name ?? words.camera(this.camera)
    const since = view.since ? words.since(formatSince(new Date(view.since), this.#language)) : ''
    this.#screen.tell(view, { title, since, words }, this.controls)
    const state = view.state === 'live' || view.state === 'paused' ? words.live : words.states[view.state]
    this.setAttribute('aria-label', `${title}: ${state}`)
    const news = JSON.stringify(view)
    if (news === this.#told) return
    this.#told = news
    this.dispatchEvent(new CustomEvent('state', { detail: view }))
    if (view.reason && view.reason !== 'gateway-unreachable') {
      const message = view.message ?? words.reasons[view.reason] ?? view.reason
      this.dispatchEvent(new CustomEvent('error', { detail: { code: view.reason, message } }))
    }
  }

  #tellStats(): void {
    if (this.#isVisible && this.#view.state === 'live') this.dispatchEvent(new CustomEvent('stats', { detail: this.stats }))
  }

  #neededWidth(): number | undefined {
    const { clientWidth, clientHeight } = this
    const place = { width: clientWidth, height: clientHeight, pixelRatio: devicePixelRatio }
    return neededWidth({ ...place, fit: this.fit, aspect: this.#screen.aspect })
  }

  get #language(): string {
    return this.closest<HTMLElement>('[lang]')?.lang || navigator.language
  }

  async #savePhoto(): Promise<void> {
    const photo = await this.snapshot()
    if (!photo) return
    const link = document.createElement('a')
    link.href = URL.createObjectURL(photo)
    link.download = `${this.camera}-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.jpg`
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_AFTER_MS)
  }

  async #toggleFullScreen(): Promise<void> {
    if (document.fullscreenElement === this) await document.exitFullscreen()
    else await this.requestFullscreen()
  }

  /** Somebody pressed the button: nothing else lifts a stop. */
  async #start(): Promise<void> {
    const address = new URL(`api/cameras/${encodeURIComponent(this.camera)}/start`, gatewayAddress(this.gateway))
    const answer = await fetch(address, { method: 'POST' }).catch(() => undefined)
    if (!answer?.ok)
      this.dispatchEvent(
        new CustomEvent('error', {
          detail: { code: 'forbidden-origin', message: wordsOf(this.#language).reasons['forbidden-origin'] },
        }),
      )
  }

  #number(name: string): number | null {
    const value = Number(this.getAttribute(name) ?? Number.NaN)
    return value > 0 && Number.isFinite(value) ? value : null
  }

  #reflect(name: string, value: string | number | null): void {
    if (value === null || value === '') this.removeAttribute(name)
    else this.setAttribute(name, String(value))
  }
}

const FEEDS: Readonly<Record<CameraMode, OpenFeed>> = { wall: openWallFeed, mjpeg: openMjpegFeed, snapshot: openSnapshotFeed }
const STATS_EVERY_MS = 1000
/** A window that is being resized asks once. */
const SETTLE_MS = 200
const REVOKE_AFTER_MS = 10_000
