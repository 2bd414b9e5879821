import { css, html, LitElement, nothing } from 'lit'
import type { LogEntry } from './camera-watch.ts'
import { formatTime } from './dark-panel.ts'
import { controls } from './theme.ts'
import type { DarkReason, Words } from './words/words.ts'

/** What happened to the cameras since the page was opened, the newest first. */
export class EventList extends LitElement {
  static override properties = { log: { attribute: false }, words: { attribute: false }, chosen: { state: true } }
  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        grid-template-rows: auto 1fr;
        gap: 0.75rem;
        min-height: 0;
        padding: 1rem;
        overflow: auto;
      }
      .head {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 1rem;
      }
      select {
        width: auto;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 0.9rem;
      }
      td {
        padding: 0.45rem 0.6rem;
        border-bottom: 1px solid var(--line);
        vertical-align: top;
      }
      td:first-child {
        width: 1%;
        white-space: nowrap;
        color: var(--muted);
        font-variant-numeric: tabular-nums;
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
    `,
  ]
  declare log: readonly LogEntry[]
  declare words: Words
  /** The camera whose events are shown; `undefined`: all. */
  declare chosen: string | undefined

  override render() {
    const { words } = this
    const cameras = new Map(this.log.flatMap(({ camera, name }) => (camera === undefined ? [] : [[camera, name]])))
    const shown = this.log.filter(({ camera }) => this.chosen === undefined || camera === this.chosen)
    return html`<div class="head">
        <h2>${words.log.title}</h2>
        <select aria-label=${words.log.all} @change=${this.#choose}>
          <option value="">${words.log.all}</option>
          ${[...cameras].map(([id, name]) => html`<option value=${id} ?selected=${id === this.chosen}>${name}</option>`)}
        </select>
      </div>
      ${shown.length === 0 ? html`<p>${words.log.empty}</p>` : this.#renderTable(shown)}`
  }

  #renderTable(entries: readonly LogEntry[]) {
    return html`<table>
      <tbody>
        ${entries.map(
          (entry) => html`<tr>
            <td><time datetime=${entry.at.toISOString()}>${formatTime(entry.at, this.words)}</time></td>
            <td>${entry.name}</td>
            <td>${this.#renderWhat(entry)}</td>
          </tr>`,
        )}
      </tbody>
    </table>`
  }

  #renderWhat({ what }: LogEntry) {
    const { words } = this
    if ('lost' in what) return words.log.lost
    if ('change' in what) return words.log.changes[what.change]
    const { state, reason, condition } = what
    const why = reason === null ? undefined : words.troubles[reason as DarkReason]?.what
    const seen = condition === null || condition === 'ok' ? undefined : words.conditions[condition]
    return html`<span class=${state}>${words.states[state]}</span> ${why ?? seen ?? nothing}`
  }

  readonly #choose = (event: Event) => {
    this.chosen = (event.target as HTMLSelectElement).value || undefined
  }
}

customElements.define('atalaya-event-list', EventList)
