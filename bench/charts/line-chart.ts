/** One curve of a chart. */
export interface Curve {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
  /** As a step function: each value holds until the next one. */
  readonly isStepped?: boolean
}

/** One diagram: several curves over one x axis. */
export interface Diagram {
  readonly title: string
  readonly yTitle: string
  readonly curves: readonly Curve[]
  /** The highest value of the y axis; the highest of the points unless given. */
  readonly top?: number
  /** A dashed horizontal line, such as a bar to keep to. */
  readonly bar?: number
}

/** Diagrams one below the other, over one x axis, as an SVG document that suits light and dark pages. */
export function drawLineChart(title: string, xTitle: string, diagrams: readonly Diagram[]): string {
  const right = Math.max(...diagrams.flatMap(({ curves }) => curves.flatMap(({ points }) => points.map(([x]) => x))), 1e-9)
  const height = 40 + diagrams.length * PITCH + 24
  const bodies = diagrams.map((diagram, index) => drawDiagram(diagram, right, 40 + index * PITCH))
  const ticks = axisTicks(right).map((x) => text(LEFT + (x / right) * WIDTH, height - 26, `${x}`, 'middle'))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LEFT + WIDTH + 20} ${height}" font-family="sans-serif" font-size="11" role="img">
<title>${escapeXml(title)}</title>
<style>text{fill:#555}.f{fill:none;stroke:#999}.b{stroke:#d33;stroke-dasharray:4 3}@media(prefers-color-scheme:dark){text{fill:#bbb}}</style>
<text x="${LEFT}" y="16" font-size="14">${escapeXml(title)}</text>
${bodies.join('\n')}
${ticks.join('')}${text(LEFT + WIDTH / 2, height - 8, xTitle, 'middle')}
</svg>
`
}

const LEFT = 60
const WIDTH = 640
const HEIGHT = 110
const PITCH = HEIGHT + 36
const COLOURS = ['#2a78d6', '#e07b00', '#2a9d5c', '#b04fc0', '#888']

function drawDiagram({ title, yTitle, curves, top, bar }: Diagram, right: number, y: number): string {
  const highest = top ?? niceCeiling(Math.max(bar ?? 0, ...curves.flatMap(({ points }) => points.map(([, value]) => value))))
  const place = ([x, value]: readonly [number, number]): string =>
    `${round(LEFT + (x / right) * WIDTH)},${round(y + HEIGHT - (Math.min(value, highest) / highest) * HEIGHT)}`
  const lines = curves.map(({ points, isStepped }, index) => {
    const path = isStepped ? points.flatMap((point, at) => stepTo(point, points[at + 1])) : points
    return `<polyline fill="none" stroke="${COLOURS[index % COLOURS.length]}" stroke-width="1.5" points="${path.map(place).join(' ')}"/>`
  })
  const legend = curves.map(({ name }, index) => {
    const x = LEFT + WIDTH - 110 * (curves.length - index)
    return `<text x="${x}" y="${y - 5}" style="fill:${COLOURS[index % COLOURS.length]}">${escapeXml(name)}</text>`
  })
  const level = bar === undefined ? '' : round(y + HEIGHT - (bar / highest) * HEIGHT)
  const limit = level === '' ? '' : `<line class="b" x1="${LEFT}" x2="${LEFT + WIDTH}" y1="${level}" y2="${level}"/>`
  const scale = [0, highest / 2, highest].map((value) =>
    text(LEFT - 6, y + HEIGHT - (value / highest) * HEIGHT + 4, formatValue(value), 'end'),
  )
  return `<rect class="f" x="${LEFT}" y="${y}" width="${WIDTH}" height="${HEIGHT}"/>${limit}${lines.join('')}${scale.join('')}
${text(LEFT, y - 5, `${title}, ${yTitle}`, 'start')}${curves.length > 1 ? legend.join('') : ''}`
}

function stepTo(point: readonly [number, number], next: readonly [number, number] | undefined): (readonly [number, number])[] {
  return next ? [point, [next[0], point[1]]] : [point]
}

/** Round values, not too many. */
function axisTicks(right: number): number[] {
  const step = niceCeiling(right / 6)
  return Array.from({ length: Math.floor(right / step) + 1 }, (_, index) => Number((index * step).toPrecision(6)))
}

/** The next of 1, 2, 2.5 and 5 times a power of ten. */
function niceCeiling(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(Math.max(value, 1e-6)))
  return unit * ([1, 2, 2.5, 5, 10].find((factor) => factor * unit >= value) ?? 10)
}

function formatValue(value: number): string {
  return `${Number(value.toPrecision(3))}`
}

function text(x: number, y: number, words: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escapeXml(words)}</text>`
}

function round(value: number): string {
  return value.toFixed(1)
}

function escapeXml(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
