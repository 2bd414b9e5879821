import { css, html, LitElement } from 'lit'
import { controls } from './theme.ts'
import type { Words } from './words/words.ts'

/** What to write into another page to show this camera there, ready to be copied. */
export class EmbedCodes extends LitElement {
  static override properties = {
    camera: { attribute: false },
    gateway: { attribute: false },
    words: { attribute: false },
    copied: { state: true },
  }
  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        gap: 0.5rem;
      }
      .row {
        display: grid;
        grid-template-columns: 1fr auto;
        align-items: center;
        gap: 0.25rem 0.5rem;
      }
      .row > span {
        grid-column: 1 / -1;
        color: var(--muted);
        font-size: 0.8rem;
      }
      code {
        padding: 0.5em 0.7em;
        border-radius: 8px;
        background: var(--ground);
        font-size: 0.75rem;
        overflow-x: auto;
        white-space: nowrap;
        user-select: all;
      }
    `,
  ]
  declare camera: string
  /** Where other pages find the gateway, with a slash at its end. */
  declare gateway: string
  declare words: Words
  declare copied: string | undefined

  override render() {
    const { words } = this
    const codes = embedCodes(this.gateway, this.camera)
    return html`<h3>${words.embed.title}</h3>
      ${(['image', 'element', 'snapshot'] as const).map(
        (kind) => html`<div class="row">
          <span id=${kind}>${words.embed[kind]}</span>
          <code tabindex="0" role="textbox" aria-readonly="true" aria-labelledby=${kind}>${codes[kind]}</code>
          <button @click=${() => this.#copy(kind, codes[kind])} aria-label="${words.actions.copy}: ${words.embed[kind]}">
            ${this.copied === kind ? words.actions.copied : words.actions.copy}
          </button>
        </div>`,
      )}`
  }

  async #copy(kind: string, code: string): Promise<void> {
    await copyText(code, this)
    this.copied = kind
    setTimeout(() => {
      if (this.copied === kind) this.copied = undefined
    }, 2000)
  }
}

/** The three ways to show a camera elsewhere. */
export function embedCodes(gateway: string, camera: string): Readonly<Record<'image' | 'element' | 'snapshot', string>> {
  const path = `${gateway}camera/${encodeURIComponent(camera)}`
  const origin = gateway.replace(/\/$/, '')
  return {
    image: `<img src="${path}" alt="">`,
    element:
      `<script type="module" src="${gateway}atalaya-camera.js"></script> ` +
      `<atalaya-camera gateway="${origin}" camera="${camera}"></atalaya-camera>`,
    snapshot: `${path}/snapshot`,
  }
}

/** Browsers offer the clipboard to https pages only; on plain http the text goes through a selection. */
async function copyText(text: string, near: HTMLElement): Promise<void> {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text)
    return
  }
  const area = document.createElement('textarea')
  area.value = text
  near.shadowRoot?.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}

customElements.define('atalaya-embed-codes', EmbedCodes)
