import { css, html, LitElement, nothing } from 'lit'
import type { Diagnosis } from '../../src/api/diagnosis.ts'
import { controls } from './theme.ts'
import type { Words } from './words/words.ts'

/** What the doctor found on the way to a picture, step by step, in the gateway's own words. */
export class DiagnosisList extends LitElement {
  static override properties = { diagnosis: { attribute: false }, words: { attribute: false } }
  static override styles = [
    controls,
    css`
      :host {
        display: block;
        text-align: left;
      }
      ol {
        display: grid;
        gap: 0.35rem;
        margin: 0.4rem 0 0;
        padding: 0;
        list-style: none;
        font-size: 0.875rem;
      }
      li {
        display: grid;
        grid-template-columns: 1.4rem 6.5rem 1fr;
        gap: 0 0.4rem;
      }
      .sign {
        color: var(--live);
        font-weight: 700;
      }
      .failed .sign {
        color: var(--dark);
      }
      .advice {
        grid-column: 3;
        color: var(--accent);
      }
      .ms {
        color: var(--muted);
        font-variant-numeric: tabular-nums;
      }
    `,
  ]
  declare diagnosis: Diagnosis
  declare words: Words

  override render() {
    const { words, diagnosis } = this
    return html`<h3>${words.diagnosis.title}</h3>
      <ol>
        ${diagnosis.steps.map(
          ({ step, ok, ms, message, advice }) => html`<li class=${ok ? 'fine' : 'failed'}>
            <span class="sign">${ok ? '✓' : '✗'}</span>
            <span>${words.diagnosis.steps[step]}</span>
            <span>${message} ${ms === null ? nothing : html`<span class="ms">${Math.round(ms)} ms</span>`}</span>
            ${advice && html`<span class="advice">${advice}</span>`}
          </li>`,
        )}
      </ol>
      ${diagnosis.ok ? html`<p>${words.diagnosis.fine}</p>` : nothing}`
  }
}

customElements.define('atalaya-diagnosis-list', DiagnosisList)
