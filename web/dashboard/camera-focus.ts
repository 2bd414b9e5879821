import { css, html, LitElement, nothing } from 'lit'
import type { CameraStatus } from '../../src/api/camera-status.ts'
import type { Diagnosis } from '../../src/api/diagnosis.ts'
import './camera-figures.ts'
import './dark-panel.ts'
import './diagnosis-list.ts'
import './embed-codes.ts'
import './ptz-pad.ts'
import type { CameraStats } from '../element/camera-view.ts'
import type { GatewayClient } from './gateway-client.ts'
import { icons } from './icons.ts'
import { type Me, mayChange, mayOperate } from './me.ts'
import { controls } from './theme.ts'
import type { Words } from './words/words.ts'

/** One camera at its full size and rate, with all that can be known of it and done with it. Fires `edit`. */
export class CameraFocus extends LitElement {
  static override properties = {
    camera: { attribute: false },
    client: { attribute: false },
    me: { attribute: false },
    words: { attribute: false },
    bare: { type: Boolean },
    isGone: { attribute: false },
    stats: { state: true },
    diagnosis: { state: true },
    isDiagnosing: { state: true },
    failure: { state: true },
  }
  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(18rem, 24rem);
        min-height: 0;
        overflow: auto;
      }
      :host([bare]) {
        grid-template-columns: minmax(0, 1fr);
      }
      .picture {
        position: relative;
        min-height: 0;
        background: #05070a;
        container-type: size;
      }
      atalaya-camera {
        --atalaya-background: #05070a;
        display: block;
        width: 100%;
        height: 100%;
      }
      atalaya-camera::part(notice) {
        display: none;
      }
      aside {
        display: grid;
        align-content: start;
        gap: 1.25rem;
        padding: 1rem;
        overflow: auto;
        background: var(--panel);
        border-left: 1px solid var(--line);
      }
      .title {
        display: flex;
        align-items: baseline;
        gap: 0.6rem;
      }
      .title h2 {
        font-size: 1.15rem;
        overflow-wrap: anywhere;
      }
      .state {
        margin-left: auto;
        white-space: nowrap;
        font-size: 0.85rem;
        font-weight: 600;
      }
      .live {
        color: var(--live);
      }
      .offline {
        color: var(--dark);
      }
      .connecting {
        color: var(--waiting);
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
      }
      .failure {
        color: var(--dark);
        font-size: 0.88rem;
      }
      .note {
        padding: 0.6rem 0.8rem;
        border-radius: 8px;
        background: var(--raised);
        font-size: 0.88rem;
      }
      .over {
        display: flex;
        gap: 6px;
        flex-wrap: wrap;
        justify-content: center;
      }
      @media (max-width: 800px) {
        :host {
          grid-template-columns: minmax(0, 1fr);
          grid-template-rows: auto auto;
        }
        .picture {
          height: max(56.25vw, 14rem);
        }
        aside {
          border-left: 0;
          border-top: 1px solid var(--line);
          overflow: visible;
        }
      }
    `,
  ]
  declare camera: CameraStatus
  declare client: GatewayClient
  /** Buttons that they may not press are not there. */
  declare me: Me | undefined
  declare words: Words
  /** The picture alone. */
  declare bare: boolean
  /** The gateway does not answer. */
  declare isGone: boolean
  declare stats: CameraStats | undefined
  declare diagnosis: Diagnosis | undefined
  declare isDiagnosing: boolean
  declare failure: string | undefined

  override willUpdate(changed: Map<string, unknown>): void {
    const former = changed.get('camera') as CameraStatus | undefined
    if (!former || former.id === this.camera.id) return
    this.stats = undefined
    this.diagnosis = undefined
    this.failure = undefined
  }

  /** Saves the newest picture as a file. */
  saveSnapshot(): void {
    this.renderRoot.querySelector<HTMLAnchorElement>('a[download]')?.click()
  }

  override render() {
    return html`<div class="picture">
        <atalaya-camera
          camera=${this.camera.id}
          gateway=${this.client.base}
          fit="contain"
          @stats=${({ detail }: CustomEvent<CameraStats>) => {
            this.stats = detail
          }}
        ></atalaya-camera>
        ${this.camera.state === 'live' || this.isGone ? nothing : this.#renderDark()}
      </div>
      ${this.bare ? nothing : this.#renderAside()}`
  }

  #renderDark() {
    const { camera, words } = this
    if (!mayOperate(this.me)) {
      // What to try with a camera on hold is what they may not do.
      return html`<atalaya-dark-panel ?full=${camera.state !== 'stopped'} .camera=${camera} .words=${words}></atalaya-dark-panel>`
    }
    return html`<atalaya-dark-panel full .camera=${camera} .words=${words}>
      <div class="over">
        ${
          camera.state === 'stopped'
            ? html`<button class="primary" @click=${() => this.#command('start')}>${icons.play} ${words.actions.start}</button>`
            : html`<button class="primary" @click=${() => this.#command('reconnect')}>${icons.reconnect} ${words.actions.reconnect}</button>
              <button ?disabled=${this.isDiagnosing} @click=${this.#diagnose}>
                ${icons.search} ${this.isDiagnosing ? words.actions.diagnosing : words.actions.diagnose}
              </button>`
        }
      </div>
    </atalaya-dark-panel>`
  }

  #renderAside() {
    const { camera, words } = this
    const { condition } = camera
    return html`<aside>
      <div class="title">
        <h2>${camera.name}</h2>
        <span class="state ${camera.state}">${words.states[camera.state]}</span>
      </div>
      ${condition === null || condition === 'ok' ? nothing : html`<p class="note">${words.conditions[condition]}</p>`}
      <div class="buttons">${this.#renderButtons()}</div>
      ${this.failure && html`<p class="failure" role="alert">${this.failure}</p>`}
      <div role="status">
        ${
          this.diagnosis &&
          html`<atalaya-diagnosis-list class="note" .diagnosis=${this.diagnosis} .words=${words}></atalaya-diagnosis-list>`
        }
      </div>
      ${
        camera.ptz && mayOperate(this.me)
          ? html`<atalaya-ptz-pad .camera=${camera.id} .client=${this.client} .words=${words}></atalaya-ptz-pad>`
          : nothing
      }
      <atalaya-camera-figures .camera=${camera} .stats=${this.stats} .words=${words}></atalaya-camera-figures>
      <atalaya-embed-codes .camera=${camera.id} .gateway=${this.client.base} .words=${words}></atalaya-embed-codes>
    </aside>`
  }

  /** What can be done about a dark camera lies over its picture. */
  #renderButtons() {
    const { camera, words } = this
    const path = `${this.client.base}camera/${encodeURIComponent(camera.id)}/snapshot`
    const { snapshot, stop, reconnect, edit } = words.actions
    const isLive = camera.state === 'live'
    const canOperate = mayOperate(this.me)
    return html`${isLive ? html`<a class="button" href=${path} download="${camera.id}.jpg">${icons.camera} ${snapshot}</a>` : nothing}
    ${
      isLive && canOperate
        ? html`<button @click=${() => this.#command('reconnect')}>${icons.reconnect} ${reconnect}</button>`
        : nothing
    }
    ${
      camera.state !== 'stopped' && canOperate
        ? html`<button @click=${() => this.#command('stop')}>${icons.pause} ${stop}</button>`
        : nothing
    }
    ${
      mayChange(this.me)
        ? html`<button @click=${() => this.dispatchEvent(new CustomEvent('edit'))}>${icons.edit} ${edit}</button>`
        : nothing
    }`
  }

  async #command(command: 'start' | 'stop' | 'reconnect'): Promise<void> {
    await this.#try(() => this.client.command(this.camera.id, command))
    this.dispatchEvent(new CustomEvent('changed'))
  }

  readonly #diagnose = async () => {
    const { id } = this.camera
    this.isDiagnosing = true
    await this.#try(async () => {
      const diagnosis = await this.client.diagnose(id)
      if (this.camera.id === id) this.diagnosis = diagnosis
    })
    this.isDiagnosing = false
  }

  async #try(work: () => Promise<void>): Promise<void> {
    this.failure = undefined
    try {
      await work()
    } catch (error) {
      this.failure = this.words.failed(error instanceof Error ? error.message : String(error))
    }
  }
}

customElements.define('atalaya-camera-focus', CameraFocus)
