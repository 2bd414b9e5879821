import { css, html, LitElement, nothing } from 'lit'
import type { PtzCommand } from '../../src/api/ptz.ts'
import type { GatewayClient } from './gateway-client.ts'
import { icons } from './icons.ts'
import { controls } from './theme.ts'
import type { Words } from './words/words.ts'

const SPEED = 0.6

/** Buttons that move a camera with a motor, and its stored positions. */
export class PtzPad extends LitElement {
  static override properties = {
    camera: { attribute: false },
    client: { attribute: false },
    words: { attribute: false },
    presets: { state: true },
    failure: { state: true },
  }
  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        gap: 0.5rem;
      }
      .pad {
        display: grid;
        grid-template-columns: repeat(3, 44px) 1.2rem 44px;
        grid-template-areas: '. up . . nearer' 'left home right . .' '. down . . farther';
        gap: 4px;
      }
      .pad button {
        min-height: 44px;
        padding: 0;
      }
      .up {
        grid-area: up;
      }
      .left {
        grid-area: left;
      }
      .home {
        grid-area: home;
      }
      .right {
        grid-area: right;
      }
      .down {
        grid-area: down;
      }
      .nearer {
        grid-area: nearer;
      }
      .farther {
        grid-area: farther;
      }
      .presets {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
      }
      .failure {
        color: var(--dark);
        font-size: 0.85rem;
      }
    `,
  ]
  declare camera: string
  declare client: GatewayClient
  declare words: Words
  declare presets: readonly { readonly id: string; readonly name: string }[]
  declare failure: string | undefined

  override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has('camera')) void this.#look(this.camera)
  }

  override render() {
    const { words } = this
    return html`<h3>${words.ptz.title}</h3>
      <div class="pad">
        ${this.#renderButton('up', { action: 'move', tilt: SPEED })} ${this.#renderButton('left', { action: 'move', pan: -SPEED })}
        ${this.#renderButton('home', { action: 'home' })} ${this.#renderButton('right', { action: 'move', pan: SPEED })}
        ${this.#renderButton('down', { action: 'move', tilt: -SPEED })}
        ${this.#renderButton('nearer', { action: 'move', zoom: SPEED })}
        ${this.#renderButton('farther', { action: 'move', zoom: -SPEED })}
      </div>
      ${this.presets.length === 0 ? nothing : this.#renderPresets(this.presets)}
      ${this.failure && html`<p class="failure" role="alert">${this.failure}</p>`}`
  }

  #renderButton(name: keyof typeof DRAWINGS, command: PtzCommand) {
    const label = this.words.ptz[name]
    return html`<button class=${name} aria-label=${label} title=${label} @click=${() => this.#tell(command)}>
      ${icons[DRAWINGS[name]]}
    </button>`
  }

  #renderPresets(presets: readonly { readonly id: string; readonly name: string }[]) {
    return html`<h3>${this.words.ptz.presets}</h3>
      <div class="presets">
        ${presets.map(
          ({ id, name }) => html`<button @click=${() => this.#tell({ action: 'preset', preset: id })}>${name || id}</button>`,
        )}
      </div>`
  }

  async #look(camera: string): Promise<void> {
    this.presets = []
    this.failure = undefined
    try {
      const presets = await this.client.presets(camera)
      if (this.camera === camera) this.presets = presets
    } catch {
      // A camera that keeps no list of positions can be moved all the same.
    }
  }

  async #tell(command: PtzCommand): Promise<void> {
    try {
      await this.client.move(this.camera, command)
      this.failure = undefined
    } catch (error) {
      this.failure = this.words.failed(error instanceof Error ? error.message : String(error))
    }
  }
}

const DRAWINGS = { up: 'up', down: 'down', left: 'left', right: 'right', home: 'home', nearer: 'add', farther: 'minus' } as const

customElements.define('atalaya-ptz-pad', PtzPad)
