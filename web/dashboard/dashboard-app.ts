import { html, LitElement, nothing } from 'lit'
import type { CameraStatus } from '../../src/api/camera-status.ts'
import './camera-focus.ts'
import './camera-form.ts'
import './camera-wall.ts'
import './event-list.ts'
import './keys-help.ts'
import './top-bar.ts'
import type { CameraFocus } from './camera-focus.ts'
import type { CameraWall } from './camera-wall.ts'
import { CameraWatch } from './camera-watch.ts'
import { dashboardStyle } from './dashboard-style.ts'
import { GatewayClient } from './gateway-client.ts'
import { icons } from './icons.ts'
import { type KeyCommand, readKey } from './keyboard.ts'
import type { KeysHelp } from './keys-help.ts'
import { mayChange } from './me.ts'
import { formatPageAddress, type PageAddress, parsePageAddress, type View } from './page-address.ts'
import { loadPreferences, type Preferences, savePreferences } from './preferences.ts'
import { controls, tokens } from './theme.ts'
import { type Words, wordsOf } from './words/words.ts'

/** The whole dashboard: what is open follows the address of the page, and the pictures follow the gateway. */
export class DashboardApp extends LitElement {
  static override properties = { address: { state: true }, preferences: { state: true }, message: { state: true } }
  static override styles = [tokens, controls, dashboardStyle]
  declare address: PageAddress
  declare preferences: Preferences
  /** What was done last, for a moment. */
  declare message: string | undefined

  readonly #client = new GatewayClient(new URL('.', document.baseURI).href)
  readonly #watch = new CameraWatch(this.#client, () => this.#onNews())
  readonly #systemTheme = matchMedia('(prefers-color-scheme: light)')

  constructor() {
    super()
    this.address = parsePageAddress(location.search)
    this.preferences = loadPreferences()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('popstate', this.#onPopState)
    addEventListener('keydown', this.#onKey)
    this.addEventListener('click', this.#onClick)
    this.#systemTheme.addEventListener('change', this.#onTheme)
    this.#watch.start()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('popstate', this.#onPopState)
    removeEventListener('keydown', this.#onKey)
    this.removeEventListener('click', this.#onClick)
    this.#systemTheme.removeEventListener('change', this.#onTheme)
    this.#watch.stop()
  }

  override willUpdate(): void {
    const { theme, language } = this.preferences
    this.dataset['theme'] = theme === 'auto' ? (this.#systemTheme.matches ? 'light' : 'dark') : theme
    document.documentElement.lang = language
    document.title = this.#title
  }

  override render() {
    const { words, address } = this
    const { cameras, isConnected } = this.#watch
    return html`${address.kiosk ? nothing : this.#renderBar()}
      <div role="status" class="notices">
        ${isConnected ? nothing : html`<p class="gone">${words.gatewayGone}</p>`}
        ${this.message ? html`<p class="done">${this.message}</p>` : nothing}
      </div>
      <main class=${isConnected ? '' : 'stale'}>${cameras ? this.#renderView(cameras) : nothing}</main>
      <atalaya-keys-help .words=${words}></atalaya-keys-help>`
  }

  get words(): Words {
    return wordsOf(this.preferences.language)
  }

  get #title(): string {
    const dark = this.#cameras.filter(({ state }) => state === 'offline').length
    return dark > 0 ? `(${dark}) Atalaya` : 'Atalaya'
  }

  /** The cameras of this wall. */
  get #cameras(): readonly CameraStatus[] {
    const all = this.#watch.cameras ?? []
    const { only } = this.address
    return only ? only.flatMap((id) => all.find((camera) => camera.id === id) ?? []) : all
  }

  #renderBar() {
    return html`<atalaya-top-bar
      .cameras=${this.#cameras}
      .address=${this.address}
      .preferences=${this.preferences}
      .me=${this.#watch.me}
      .words=${this.words}
      .hrefTo=${(change: Partial<PageAddress>) => this.#hrefTo(change)}
      @preferences=${({ detail }: CustomEvent<Preferences>) => this.#prefer(detail)}
      @columns=${({ detail }: CustomEvent<number | undefined>) => this.#go({ columns: detail })}
      @help=${() => this.#help()}
      @logout=${() => this.#logOut()}
      @fullscreen=${() => this.#toggleFullscreen()}
    ></atalaya-top-bar>`
  }

  #renderView(cameras: readonly CameraStatus[]) {
    const { view } = this.address
    switch (view.name) {
      case 'wall':
        return cameras.length === 0 ? this.#renderEmpty() : this.#renderWall()
      case 'camera':
        return this.#renderFocus(view.id)
      case 'events':
        return html`<atalaya-event-list .log=${this.#watch.log} .words=${this.words}></atalaya-event-list>`
      case 'add':
        return this.#renderForm(undefined)
      case 'edit':
        return this.#renderForm(view.id)
    }
  }

  #renderEmpty() {
    const { words } = this
    return html`<section class="empty">
      <h2>${words.empty.title}</h2>
      <p>${words.empty.text}</p>
      ${
        mayChange(this.#watch.me)
          ? html`<a class="button" href=${this.#hrefTo({ view: { name: 'add' } })}>${icons.add} ${words.actions.add}</a>`
          : nothing
      }
    </section>`
  }

  #renderWall() {
    return html`<atalaya-camera-wall
      .cameras=${this.#cameras}
      .words=${this.words}
      .gateway=${this.#client.base}
      .columns=${this.address.columns}
      .isGone=${!this.#watch.isConnected}
      .hrefOf=${(id: string) => this.#hrefTo({ view: { name: 'camera', id } })}
    ></atalaya-camera-wall>`
  }

  #renderFocus(id: string) {
    const camera = this.#watch.cameras?.find((one) => one.id === id)
    if (!camera) return html`<section class="empty"><h2>${this.words.noSuchCamera(id)}</h2></section>`
    return html`<atalaya-camera-focus
      .camera=${camera}
      .client=${this.#client}
      .me=${this.#watch.me}
      .words=${this.words}
      .bare=${this.address.kiosk}
      .isGone=${!this.#watch.isConnected}
      @changed=${() => this.#watch.refresh()}
      @edit=${() => this.#go({ view: { name: 'edit', id } })}
    ></atalaya-camera-focus>`
  }

  #renderForm(id: string | undefined) {
    if (!mayChange(this.#watch.me)) return html`<section class="empty"><h2>${this.words.onlyAdmins}</h2></section>`
    const wall: View = { name: 'wall' }
    return html`<atalaya-camera-form
      .camera=${id}
      .freeId=${freeId(this.#watch.cameras ?? [])}
      .client=${this.#client}
      .words=${this.words}
      @saved=${({ detail }: CustomEvent<string>) => this.#done(this.words.form.saved, { name: 'camera', id: detail })}
      @removed=${() => this.#done(this.words.form.removed, wall)}
      @closed=${() => this.#go({ view: id === undefined ? wall : { name: 'camera', id } })}
    ></atalaya-camera-form>`
  }

  #onNews(): void {
    if (this.#watch.needsLogin) this.#logIn()
    else this.requestUpdate()
  }

  /** The login page leads back to what is open here. */
  #logIn(): void {
    this.#watch.stop()
    location.replace(`${this.#client.base}login?to=${encodeURIComponent(`/${location.search}`)}`)
  }

  async #logOut(): Promise<void> {
    await this.#client.logOut().catch(() => undefined) // without the gateway there is nothing to end
    this.#logIn()
  }

  #done(message: string, view: View): void {
    this.message = message
    setTimeout(() => {
      this.message = undefined
    }, 4000)
    this.#watch.refresh()
    this.#go({ view })
  }

  #hrefTo(change: Partial<PageAddress>): string {
    return formatPageAddress({ ...this.address, ...change })
  }

  #go(change: Partial<PageAddress>): void {
    history.pushState(undefined, '', this.#hrefTo(change))
    this.#onPopState()
  }

  #prefer(preferences: Preferences): void {
    this.preferences = preferences
    savePreferences(preferences)
  }

  #help(): void {
    this.renderRoot.querySelector<KeysHelp>('atalaya-keys-help')?.open()
  }

  #toggleFullscreen(): void {
    const done = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()
    // A browser that allows none of it leaves the page as it is.
    done.catch(() => undefined)
  }

  readonly #onPopState = () => {
    this.address = parsePageAddress(location.search)
  }

  readonly #onTheme = () => this.requestUpdate()

  /** Links of the dashboard change what is open; those that lead elsewhere, or into another tab, are the browser's. */
  readonly #onClick = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return
    const link = event.composedPath().find((part) => part instanceof HTMLAnchorElement)
    const href = link?.getAttribute('href')
    if (!href?.startsWith('?')) return
    event.preventDefault()
    history.pushState(undefined, '', href)
    this.#onPopState()
  }

  readonly #onKey = (event: KeyboardEvent) => {
    const [target] = event.composedPath()
    const isWriting = target instanceof HTMLInputElement || target instanceof HTMLSelectElement
    const command = readKey(event, isWriting)
    if (command && this.#carryOut(command)) event.preventDefault()
  }

  #carryOut(command: KeyCommand): boolean {
    const { view } = this.address
    switch (command.name) {
      case 'move':
        return view.name === 'camera' ? this.#step(view.id, command.key) : (this.#wall?.moveFocus(command.key) ?? false)
      case 'open':
        return this.#open(this.#cameras[command.index])
      case 'back':
        if (view.name === 'wall' || document.fullscreenElement) return false
        this.#go({ view: { name: 'wall' } })
        return true
      case 'snapshot':
        this.#focus?.saveSnapshot()
        return true
      case 'fullscreen':
        this.#toggleFullscreen()
        return true
      case 'help':
        this.#help()
        return true
      case 'add':
      case 'events':
        this.#go({ view: { name: command.name } })
        return true
    }
  }

  #step(id: string, key: string): boolean {
    const cameras = this.#cameras
    const step = key === 'ArrowLeft' || key === 'ArrowUp' ? -1 : 1
    const index = cameras.findIndex((camera) => camera.id === id)
    return this.#open(cameras[(index + step + cameras.length) % cameras.length])
  }

  #open(camera: CameraStatus | undefined): boolean {
    if (camera) this.#go({ view: { name: 'camera', id: camera.id } })
    return camera !== undefined
  }

  get #wall(): CameraWall | null {
    return this.renderRoot.querySelector('atalaya-camera-wall')
  }

  get #focus(): CameraFocus | null {
    return this.renderRoot.querySelector('atalaya-camera-focus')
  }
}

/** The lowest number that no camera is called by. */
function freeId(cameras: readonly CameraStatus[]): string {
  const taken = new Set(cameras.map(({ id }) => id))
  for (let number = 1; ; number++) if (!taken.has(String(number))) return String(number)
}

customElements.define('atalaya-dashboard', DashboardApp)
