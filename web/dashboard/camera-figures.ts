import { css, html, LitElement, nothing } from 'lit'
import type { CameraStatus } from '../../src/api/camera-status.ts'
import type { CameraStats } from '../element/camera-view.ts'
import { controls } from './theme.ts'
import './figure-chart.ts'
import type { Words } from './words/words.ts'

/** So many seconds are drawn. */
const CHART_SECONDS = 60

const DRAWN = ['fps', 'delay', 'bitrate'] as const
type Drawn = (typeof DRAWN)[number]

/** The figures of one camera and of its picture on this page, with the last minute of those that change. */
export class CameraFigures extends LitElement {
  static override properties = { camera: { attribute: false }, stats: { attribute: false }, words: { attribute: false } }
  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        gap: 0.6rem;
      }
      .charts {
        display: grid;
        grid-template-columns: repeat(3, 1fr);
        gap: 0.75rem;
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 0.3rem 1rem;
        margin: 0;
        font-size: 0.85rem;
      }
      dt {
        color: var(--muted);
      }
      dd {
        margin: 0;
        text-align: right;
        overflow-wrap: anywhere;
        font-variant-numeric: tabular-nums;
      }
      .charts dl {
        display: block;
      }
      .charts dd {
        text-align: left;
        font-size: 1.15rem;
        font-weight: 600;
        margin-bottom: 0.25rem;
      }
      .charts dt {
        font-size: 0.75rem;
      }
    `,
  ]
  declare camera: CameraStatus
  declare stats: CameraStats | undefined
  declare words: Words
  readonly #history: Record<Drawn, number[]> = { fps: [], bitrate: [], delay: [] }

  override willUpdate(changed: Map<string, unknown>): void {
    const former = changed.get('camera') as CameraStatus | undefined
    if (former && former.id !== this.camera.id) for (const values of Object.values(this.#history)) values.length = 0
    if (!changed.has('stats') || !this.stats) return
    for (const name of DRAWN) {
      const values = this.#history[name]
      values.push(this.stats[name] ?? 0)
      if (values.length > CHART_SECONDS) values.shift()
    }
  }

  override render() {
    const { words, camera, stats } = this
    const says = words.statistics
    return html`<h3>${says.title}</h3>
      <div class="charts">
        ${this.#renderChart('fps', stats ? stats.fps.toFixed(0) : '–')}
        ${this.#renderChart('delay', stats?.delay == null ? '–' : `${Math.round(stats.delay)} ms`)}
        ${this.#renderChart('bitrate', stats ? formatBitrate(stats.bitrate) : '–')}
      </div>
      <dl>
        ${this.#row(says.resolution, camera.width && `${camera.width} × ${camera.height} · ${camera.fps.toFixed(0)} fps`)}
        ${this.#row(says.codec, camera.codec?.toUpperCase())} ${this.#row(says.picture, stats?.rendition)}
        ${this.#row(says.skipped, stats && String(stats.skipped))} ${this.#row(says.viewers, String(camera.viewers))}
        ${this.#row(says.reconnects, String(camera.reconnects))} ${this.#row(says.lastError, camera.lastError)}
        ${this.#row(says.address, camera.url)} ${camera.advice.map((text) => this.#row(says.advice, text))}
      </dl>`
  }

  #renderChart(name: Drawn, value: string) {
    return html`<dl>
      <dt>${this.words.statistics[name]}</dt>
      <dd><span>${value}</span><atalaya-figure-chart .values=${[...this.#history[name]]}></atalaya-figure-chart></dd>
    </dl>`
  }

  #row(name: string, value: string | number | null | undefined) {
    if (value === null || value === undefined || value === 0) return nothing
    return html`<dt>${name}</dt>
      <dd>${value}</dd>`
  }
}

/** Bits a second, as people say them. */
export function formatBitrate(bits: number): string {
  return bits >= 1e6 ? `${(bits / 1e6).toFixed(1)} Mbit/s` : `${Math.round(bits / 1e3)} kbit/s`
}

customElements.define('atalaya-camera-figures', CameraFigures)
