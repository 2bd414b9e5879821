import { html, LitElement, nothing } from 'lit'
import type { CameraDetail } from '../../src/api/camera-detail.ts'
import type { Diagnosis } from '../../src/api/diagnosis.ts'
import { cameraFormStyle } from './camera-form-style.ts'
import { FIELDS, type Field, readSettings, type Way, wayOf } from './camera-settings.ts'
import {
  type CameraSettings,
  type FoundCamera,
  type GatewayClient,
  GatewayFailure,
  type SettingProblem,
} from './gateway-client.ts'
import { icons } from './icons.ts'
import { controls } from './theme.ts'
import './diagnosis-list.ts'
import type { Words } from './words/words.ts'

/**
 * Adds a camera, or changes the one with this `id`. What the gateway says against a setting stands beside its field.
 * Fires `saved` with the camera's id, `removed`, and `closed`.
 */
export class CameraForm extends LitElement {
  static override properties = {
    camera: { attribute: false },
    freeId: { attribute: false },
    client: { attribute: false },
    words: { attribute: false },
    detail: { state: true },
    way: { state: true },
    brands: { state: true },
    problems: { state: true },
    failure: { state: true },
    diagnosis: { state: true },
    found: { state: true },
    busy: { state: true },
  }
  static override styles = [controls, cameraFormStyle]
  /** The id of the camera to change; `undefined`: a new one is added. */
  declare camera: string | undefined
  /** What a new camera may be called. */
  declare freeId: string
  declare client: GatewayClient
  declare words: Words
  declare detail: CameraDetail | undefined
  declare way: Way
  declare brands: readonly string[]
  declare problems: readonly SettingProblem[]
  declare failure: string | undefined
  declare diagnosis: Diagnosis | undefined
  declare found: readonly FoundCamera[] | undefined
  declare busy: 'saving' | 'testing' | 'searching' | undefined

  constructor() {
    super()
    this.way = 'address'
    this.brands = []
    this.problems = []
  }

  override connectedCallback(): void {
    super.connectedCallback()
    void this.#load()
  }

  override render() {
    const { words, detail } = this
    const isFixed = detail?.source === 'file'
    return html`<form novalidate @submit=${this.#save}>
      <div class="head">
        <h2>${this.camera === undefined ? words.form.addTitle : `${words.form.editTitle}: ${detail?.name ?? this.camera}`}</h2>
        ${isFixed ? nothing : this.#renderWays()}
        <button type="button" class="icon" aria-label=${words.actions.close} @click=${this.#close}>${icons.close}</button>
      </div>
      ${isFixed ? html`<p class="note">${words.form.inFile}</p>` : nothing}
      ${detail?.persisted === false && !isFixed ? html`<p class="note">${words.form.notKept}</p>` : nothing} ${this.#renderSearch()}
      ${isFixed ? nothing : this.#renderFields()} ${this.#renderFailure()}
      ${
        this.diagnosis &&
        html`<atalaya-diagnosis-list class="note" .diagnosis=${this.diagnosis} .words=${words}></atalaya-diagnosis-list>`
      }
      ${isFixed ? nothing : this.#renderFoot()}
    </form>`
  }

  #renderWays() {
    const { form } = this.words
    return html`<span role="group">
      <button type="button" aria-pressed=${this.way === 'address'} @click=${() => this.#go('address')}>${form.byAddress}</button>
      <button type="button" aria-pressed=${this.way === 'brand'} @click=${() => this.#go('brand')}>${form.byBrand}</button>
    </span>`
  }

  #renderSearch() {
    const { words, found } = this
    if (this.camera !== undefined) return nothing
    return html`<div>
      <button type="button" ?disabled=${this.busy !== undefined} @click=${this.#search}>
        ${icons.search} ${this.busy === 'searching' ? words.actions.discovering : words.actions.discover}
      </button>
      <div role="status">
        ${found === undefined ? nothing : found.length === 0 ? html`<p class="hint">${words.form.nothingFound}</p>` : this.#renderFound(found)}
      </div>
    </div>`
  }

  #renderFound(found: readonly FoundCamera[]) {
    return html`<h3>${this.words.form.found}</h3>
      <ul class="found">
        ${found.map(
          (camera) => html`<li>
            <span>${camera.name || camera.hardware || camera.host} · ${camera.host}</span>
            <button type="button" aria-label="${this.words.actions.use} ${camera.host}" @click=${() => this.#use(camera)}>
              ${this.words.actions.use}
            </button>
          </li>`,
        )}
      </ul>`
  }

  #renderFields() {
    const shown = FIELDS.filter(
      ({ way, name }) => (way === undefined || way === this.way) && !(name === 'id' && this.camera !== undefined),
    )
    return html`<fieldset>${shown.filter(({ isMore }) => !isMore).map((field) => this.#renderField(field))}</fieldset>
      <details ?open=${shown.some(({ isMore, name }) => isMore && this.#problemOf(name))}>
        <summary>${this.words.form.more}</summary>
        <fieldset>${shown.filter(({ isMore }) => isMore).map((field) => this.#renderField(field))}</fieldset>
      </details>`
  }

  #renderField(field: Field) {
    const { name } = field
    const problem = this.#problemOf(name)
    const hint = this.#hintOf(name)
    return html`<div class=${name === 'url' ? 'wide' : ''}>
      <label for=${name}>${this.words.form[name as 'url']}</label>
      ${field.kind === 'choice' ? this.#renderChoice(field) : this.#renderInput(field)}
      ${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}
      ${problem && html`<p class="problem" id="${name}-problem">${problem}</p>`}
    </div>`
  }

  #renderInput({ name, kind }: Field) {
    return html`<input
      id=${name}
      name=${name}
      type=${kind === 'password' ? 'password' : 'text'}
      inputmode=${kind === 'number' ? 'numeric' : nothing}
      autocomplete=${kind === 'password' ? 'new-password' : 'off'}
      autocapitalize="none"
      spellcheck="false"
      .defaultValue=${String(this.detail?.settings?.[name] ?? (name === 'id' ? this.freeId : ''))}
      aria-invalid=${this.#problemOf(name) ? 'true' : 'false'}
      aria-describedby="${name}-problem ${name}-hint"
    />`
  }

  #renderChoice({ name, choices = this.brands }: Field) {
    const { form } = this.words
    const labels: Readonly<Record<string, string>> = {
      always: form.always,
      'on-demand': form.onDemand,
      auto: form.automatic,
      none: form.none,
      horizontal: form.horizontal,
      vertical: form.vertical,
    }
    const current = String(this.detail?.settings?.[name] ?? '')
    return html`<select id=${name} name=${name} aria-invalid=${this.#problemOf(name) ? 'true' : 'false'} aria-describedby="${name}-problem">
      ${name === 'brand' ? nothing : html`<option value="">${form.automatic}</option>`}
      ${choices.map((choice) => html`<option value=${choice} ?selected=${choice === current}>${labels[choice] ?? choice}</option>`)}
    </select>`
  }

  #renderFailure() {
    const known = new Set<string>(FIELDS.map(({ name }) => name))
    const others = this.problems.filter(({ path }) => !known.has(path))
    if (!this.failure && others.length === 0) return nothing
    return html`<div class="note problem" role="alert">
      ${this.failure && html`<p>${this.failure}</p>`} ${others.map(({ path, message }) => html`<p>${path}: ${message}</p>`)}
    </div>`
  }

  #renderFoot() {
    const { words, busy } = this
    return html`<div class="foot">
      <button class="primary" ?disabled=${busy !== undefined}>${words.actions.save}</button>
      <button type="button" ?disabled=${busy !== undefined} @click=${this.#test}>
        ${busy === 'testing' ? words.actions.diagnosing : words.actions.test}
      </button>
      ${
        this.camera === undefined
          ? nothing
          : html`<button type="button" class="danger" @click=${this.#remove}>${icons.trash} ${words.actions.remove}</button>`
      }
      <button type="button" @click=${this.#close}>${words.actions.cancel}</button>
    </div>`
  }

  #problemOf(name: string): string | undefined {
    return this.problems.find(({ path }) => path === name)?.message
  }

  #hintOf(name: string): string | undefined {
    const { form } = this.words
    if (name === 'password') return this.detail?.hasPassword ? form.passwordKept : undefined
    return { id: form.idHint, url: form.urlHint }[name]
  }

  async #load(): Promise<void> {
    await this.#try(async () => {
      this.brands = await this.client.brands()
      if (this.camera === undefined) return
      this.detail = await this.client.camera(this.camera)
      this.way = wayOf(this.detail.settings ?? {})
    })
  }

  get #settings(): CameraSettings {
    const form = this.renderRoot.querySelector('form')
    const entries = form ? [...new FormData(form)].map(([key, value]) => [key, String(value)] as const) : []
    return readSettings(entries, this.way, this.detail?.settings ?? {})
  }

  readonly #save = async (event: Event) => {
    event.preventDefault()
    this.busy = 'saving'
    const { camera } = this
    const settings = this.#settings
    await this.#try(async () => {
      const saved = camera === undefined ? await this.client.add(settings) : await this.client.change(camera, settings)
      this.dispatchEvent(new CustomEvent('saved', { detail: saved.id }))
    })
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }

  readonly #test = async () => {
    this.busy = 'testing'
    await this.#try(async () => {
      this.diagnosis = await this.client.tryOut({ ...this.#settings, id: this.camera ?? 'test' })
    })
  }

  readonly #search = async () => {
    this.busy = 'searching'
    await this.#try(async () => {
      this.found = await this.client.discover()
    })
  }

  readonly #remove = async () => {
    const { camera } = this
    if (camera === undefined || !confirm(this.words.form.removeQuestion(this.detail?.name ?? camera))) return
    await this.#try(async () => {
      await this.client.remove(camera)
      this.dispatchEvent(new CustomEvent('removed', { detail: camera }))
    })
  }

  readonly #close = () => this.dispatchEvent(new CustomEvent('closed'))

  async #use({ host, port, name }: FoundCamera): Promise<void> {
    this.way = 'brand'
    await this.updateComplete
    const fill = (field: string, value: string) => {
      const input = this.renderRoot.querySelector<HTMLInputElement | HTMLSelectElement>(`#${field}`)
      if (input) input.value = value
    }
    fill('brand', 'onvif')
    fill('host', host)
    fill('port', port === 80 ? '' : String(port))
    fill('name', name)
    this.renderRoot.querySelector<HTMLElement>('#user')?.focus()
  }

  #go(way: Way): void {
    this.way = way
    this.problems = []
  }

  async #try(work: () => Promise<void>): Promise<void> {
    this.problems = []
    this.failure = undefined
    this.diagnosis = undefined
    try {
      await work()
    } catch (error) {
      if (!(error instanceof GatewayFailure)) throw error
      this.problems = error.problems
      if (error.problems.length === 0) this.failure = this.words.failed(error.message)
    } finally {
      this.busy = undefined
    }
  }
}

customElements.define('atalaya-camera-form', CameraForm)
