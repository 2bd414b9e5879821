import { css, html, LitElement, nothing } from 'lit'
import type { CameraStatus } from '../../src/api/camera-status.ts'
import './dark-panel.ts'
import { PictureAge } from './picture-age.ts'
import { controls } from './theme.ts'
import type { Words } from './words/words.ts'

/** One camera on the wall: its picture, its name, its state, and how old the picture is. A click opens it. */
export class CameraTile extends LitElement {
  static override properties = {
    camera: { attribute: false },
    words: { attribute: false },
    gateway: { attribute: false },
    href: { attribute: false },
    isGone: { attribute: false },
  }
  static override styles = [
    controls,
    css`
      :host {
        position: relative;
        display: block;
        overflow: hidden;
        border-radius: var(--radius);
        background: #05070a;
        container-type: size;
      }
      a {
        position: absolute;
        inset: 0;
        z-index: 2;
        border-radius: inherit;
      }
      a:focus-visible {
        outline-offset: -3px;
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
      .caption {
        position: absolute;
        inset: auto 0 0 0;
        display: flex;
        align-items: center;
        gap: 0.5em;
        padding: 1.4em 0.7em 0.45em;
        font-size: clamp(0.72rem, 4.5cqw, 0.95rem);
        color: #fff;
        background: linear-gradient(transparent, rgb(0 0 0 / 0.78));
        z-index: 1;
      }
      .name {
        font-weight: 600;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .dot {
        flex: none;
        width: 0.65em;
        height: 0.65em;
        border-radius: 50%;
        background: #8a97a5;
      }
      .live .dot {
        background: #46d68a;
      }
      .connecting .dot {
        background: #f4c95d;
      }
      .offline .dot {
        border-radius: 2px;
        background: #ff7676;
      }
      .right {
        margin-left: auto;
        white-space: nowrap;
        font-variant-numeric: tabular-nums;
        color: #dfe5ec;
      }
      .condition {
        position: absolute;
        inset: 0.5rem 0.5rem auto;
        padding: 0.3em 0.7em;
        border-radius: 6px;
        background: rgb(60 42 0 / 0.88);
        color: #ffe3a1;
        font-size: 0.8rem;
        pointer-events: none;
      }
      @container (max-height: 110px) {
        .right,
        .condition {
          display: none;
        }
      }
    `,
  ]
  declare camera: CameraStatus
  declare words: Words
  /** Where the gateway is. */
  declare gateway: string
  /** Where a click leads. */
  declare href: string
  /** The gateway does not answer: nothing here is live. */
  declare isGone: boolean
  readonly #age = new PictureAge(this)

  override focus(options?: FocusOptions): void {
    this.renderRoot.querySelector('a')?.focus(options)
  }

  override render() {
    const { camera, words } = this
    const isDark = camera.state !== 'live' && !this.isGone
    return html`<atalaya-camera
        aria-hidden="true"
        camera=${camera.id}
        gateway=${this.gateway}
        fit="contain"
        @stats=${this.#age.hear}
      ></atalaya-camera>
      ${isDark ? this.#renderDark() : nothing} ${this.#renderCondition()}
      <p class="caption ${camera.state}">
        <span class="dot"></span>
        <span class="name">${camera.name}</span>
        <span class="right">${camera.state === 'live' ? this.#age.text(words) : words.states[camera.state]}</span>
      </p>
      <a href=${this.href} aria-label="${camera.name}: ${words.states[camera.state]}"></a>`
  }

  #renderDark() {
    return html`<atalaya-dark-panel .camera=${this.camera} .words=${this.words}></atalaya-dark-panel>`
  }

  #renderCondition() {
    const { condition } = this.camera
    if (condition === null || condition === 'ok') return nothing
    return html`<span class="condition">${this.words.conditions[condition]}</span>`
  }
}

customElements.define('atalaya-camera-tile', CameraTile)
