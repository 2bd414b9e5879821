import { css, html, LitElement } from 'lit'
import { icons } from './icons.ts'
import { controls } from './theme.ts'
import type { Words } from './words/words.ts'

/** The list of keys, in a dialog. */
export class KeysHelp extends LitElement {
  static override properties = { words: { attribute: false } }
  static override styles = [
    controls,
    css`
      dialog {
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--panel);
        color: var(--text);
        padding: 1.25rem 1.5rem;
        min-width: min(22rem, 90vw);
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 0.6);
      }
      .head {
        display: flex;
        align-items: center;
        justify-content: space-between;
        margin-bottom: 0.75rem;
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 0.5rem 1.25rem;
        margin: 0;
        font-size: 0.9rem;
      }
      dt {
        font-family: ui-monospace, monospace;
      }
      dd {
        margin: 0;
        color: var(--muted);
      }
    `,
  ]
  declare words: Words

  open(): void {
    this.renderRoot.querySelector('dialog')?.showModal()
  }

  override render() {
    const { keys, actions } = this.words
    return html`<dialog aria-labelledby="title">
      <div class="head">
        <h2 id="title">${keys.title}</h2>
        <button class="icon" aria-label=${actions.close} @click=${this.#close}>${icons.close}</button>
      </div>
      <dl>
        ${keys.rows.map(
          ([key, meaning]) => html`<dt>${key}</dt>
            <dd>${meaning}</dd>`,
        )}
      </dl>
    </dialog>`
  }

  readonly #close = () => this.renderRoot.querySelector('dialog')?.close()
}

customElements.define('atalaya-keys-help', KeysHelp)
