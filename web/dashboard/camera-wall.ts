import { css, html, LitElement } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { CameraStatus } from '../../src/api/camera-status.ts'
import type { CameraTile } from './camera-tile.ts'
import { layOutWall } from './wall-layout.ts'
import type { Words } from './words/words.ts'
import './camera-tile.ts'

const GAP = 6

/** All cameras side by side, as large as the window allows. The arrow keys go from one to the next. */
export class CameraWall extends LitElement {
  static override properties = {
    cameras: { attribute: false },
    words: { attribute: false },
    gateway: { attribute: false },
    columns: { attribute: false },
    hrefOf: { attribute: false },
    isGone: { attribute: false },
  }
  static override styles = css`
    :host {
      display: block;
      min-height: 0;
      overflow: auto;
    }
    ul {
      display: grid;
      justify-content: center;
      align-content: center;
      gap: ${GAP}px;
      min-height: 100%;
      margin: 0;
      padding: 0;
      list-style: none;
    }
    ul.scrolls {
      align-content: start;
    }
    atalaya-camera-tile {
      width: 100%;
      height: 100%;
    }
  `
  declare cameras: readonly CameraStatus[]
  declare words: Words
  declare gateway: string
  declare columns: number | undefined
  declare hrefOf: (id: string) => string
  declare isGone: boolean

  readonly #resized = new ResizeObserver(() => this.requestUpdate())

  override connectedCallback(): void {
    super.connectedCallback()
    this.#resized.observe(this)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#resized.disconnect()
  }

  /** Goes to the camera that an arrow key leads to; false for any other key. */
  moveFocus(key: string): boolean {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.#layout.columns, ArrowDown: this.#layout.columns }[key]
    if (step === undefined) return false
    const tiles = [...this.renderRoot.querySelectorAll<CameraTile>('atalaya-camera-tile')]
    const current = tiles.findIndex((tile) => tile.matches(':focus-within'))
    const next = current === -1 ? 0 : current + step
    tiles[next]?.focus()
    return tiles.length > 0
  }

  get #layout() {
    const { clientWidth: width, clientHeight: height } = this
    return layOutWall(this.cameras.length, { width, height, gap: GAP }, this.columns)
  }

  /** Sizes are set on the object: the page's policy allows no style attributes. */
  override updated(): void {
    const list = this.renderRoot.querySelector('ul')
    if (!list) return
    const { columns, tileWidth, tileHeight, scrolls } = this.#layout
    list.classList.toggle('scrolls', scrolls)
    list.style.gridTemplateColumns = `repeat(${columns}, ${tileWidth}px)`
    list.style.gridAutoRows = `${tileHeight}px`
  }

  override render() {
    return html`<ul>
      ${repeat(
        this.cameras,
        ({ id }) => id,
        (camera) => html`<li>
          <atalaya-camera-tile
            data-camera=${camera.id}
            .camera=${camera}
            .words=${this.words}
            .gateway=${this.gateway}
            .href=${this.hrefOf(camera.id)}
            .isGone=${this.isGone}
          ></atalaya-camera-tile>
        </li>`,
      )}
    </ul>`
  }
}

customElements.define('atalaya-camera-wall', CameraWall)
