import { css, html, LitElement, svg } from 'lit'

const WIDTH = 120
const HEIGHT = 28

/** A small line of the last minute of one figure. For the eye only: the figure itself stands beside it. */
export class FigureChart extends LitElement {
  static override properties = { values: { attribute: false } }
  static override styles = css`
    :host {
      display: block;
    }
    svg {
      display: block;
      width: 100%;
      height: ${HEIGHT}px;
      overflow: visible;
    }
    polyline {
      fill: none;
      stroke: var(--accent);
      stroke-width: 1.5;
      vector-effect: non-scaling-stroke;
    }
    line {
      stroke: var(--line);
      vector-effect: non-scaling-stroke;
    }
  `
  /** The oldest first. */
  declare values: readonly number[]

  override render() {
    return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
      ${svg`<line x1="0" x2=${WIDTH} y1=${HEIGHT} y2=${HEIGHT}></line><polyline points=${chartPoints(this.values)}></polyline>`}
    </svg>`
  }
}

/** The points of a line through these values, from 0 at the foot to the greatest of them. */
export function chartPoints(values: readonly number[]): string {
  const greatest = Math.max(...values, 1e-9)
  const step = WIDTH / Math.max(1, values.length - 1)
  return values.map((value, index) => `${round(index * step)},${round(HEIGHT - (value / greatest) * (HEIGHT - 2))}`).join(' ')
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

customElements.define('atalaya-figure-chart', FigureChart)
