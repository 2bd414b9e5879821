import { css, html, LitElement, nothing } from 'lit'
import type { CameraStatus } from '../../src/api/camera-status.ts'
import { controls } from './theme.ts'
import type { DarkReason, Trouble, Words } from './words/words.ts'

/**
 * What lies over a picture that is not live: since when, why, and what to try, for the person who stands in front of it.
 * `full` adds what to try; without it there is room for two lines only. Buttons go into its slot.
 */
export class DarkPanel extends LitElement {
  static override properties = { camera: { attribute: false }, words: { attribute: false }, full: { type: Boolean } }
  static override styles = [
    controls,
    css`
      :host {
        position: absolute;
        inset: 0;
        display: grid;
        place-items: center;
        padding: 0.75rem;
        background: var(--shade);
        color: #f1f4f8;
        text-align: center;
        overflow: auto;
      }
      div {
        display: grid;
        gap: 0.5rem;
        justify-items: center;
        max-width: 34rem;
      }
      .title {
        font-size: clamp(0.95rem, 3.2cqw, 1.35rem);
        font-weight: 650;
      }
      .offline .title {
        color: #ff9d9d;
      }
      .why {
        font-size: clamp(0.8rem, 2.6cqw, 1rem);
      }
      .retry {
        color: #c3ccd6;
        font-size: 0.8rem;
        font-variant-numeric: tabular-nums;
      }
      .try {
        margin-top: 0.4rem;
        font-weight: 600;
      }
      ul {
        margin: 0;
        padding: 0.6rem 0.9rem 0.6rem 1.9rem;
        border-radius: 8px;
        background: rgb(20 26 33 / 0.9);
        text-align: left;
        line-height: 1.5;
      }
    `,
  ]
  declare camera: CameraStatus
  declare words: Words
  declare full: boolean

  override render() {
    const { camera, words } = this
    const trouble = troubleOf(camera, words)
    return html`<div class=${camera.state} part="words">
      <p class="title">${titleOf(camera, words)}</p>
      ${trouble && html`<p class="why">${trouble.what}</p>`}
      ${camera.retryIn === null ? nothing : html`<p class="retry">${words.retryIn(camera.retryIn)}</p>`}
      ${this.full && trouble ? this.#renderTries(trouble) : nothing}
      <slot></slot>
    </div>`
  }

  #renderTries({ tries }: Trouble) {
    return html`<p class="try">${this.words.whatToTry}</p>
      <ul>
        ${tries.map((text) => html`<li>${text}</li>`)}
      </ul>`
  }
}

/** Why this camera shows nothing; `undefined` while it connects for the first time or is live. */
export function troubleOf({ state, reason }: CameraStatus, words: Words): Trouble | undefined {
  if (state === 'live' || reason === null) return undefined
  return words.troubles[reason as DarkReason]
}

function titleOf({ state, since }: CameraStatus, words: Words): string {
  const time = formatTime(new Date(since), words)
  if (state === 'offline') return words.noSignalSince(time)
  return state === 'stopped' ? words.stoppedSince(time) : words.connectingSince(time)
}

/** The time of the day; of other days with the day before it. */
export function formatTime(time: Date, { locale }: Words, now = new Date()): string {
  const clock = time.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' })
  if (time.toDateString() === now.toDateString()) return clock
  return `${time.toLocaleDateString(locale, { day: 'numeric', month: 'short' })}, ${clock}`
}

customElements.define('atalaya-dark-panel', DarkPanel)
