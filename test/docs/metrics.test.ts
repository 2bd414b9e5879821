import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readPage } from './markdown-page.ts'
import { buildRealServer, type RealServer } from './real-server.ts'

interface Metric {
  readonly type: string
  readonly labels: readonly string[]
}

let real: RealServer
let given: Map<string, Metric>

beforeAll(async () => {
  real = await buildRealServer()
  real.metrics.pictureSent('door', 0.02)
  real.metrics.pictureSkipped('door', 'busy')
  real.metrics.viewerLeft('door', 'client')
  real.metrics.refused('too_many_viewers')
  real.metrics.packetDone('door', { decoding: 0.002, making: 0.003, jpegs: 2, isLate: true })
  given = parseMetrics((await real.server.inject('/metrics')).body)
})
afterAll(() => real.server.close())

describe('docs/metrics.md', () => {
  const page = readPage('docs/metrics.md')
  const described = new Map(
    (page.tables[0]?.rows ?? []).map(([name = '', type = '', labels = '']) => [
      plain(name),
      { type, labels: labels.split(',').map(plain).filter(Boolean) },
    ]),
  )

  it('lists every metric of the gateway with its type, and no other', () => {
    const types = (metrics: Map<string, Metric>) => Object.fromEntries([...metrics].map(([name, { type }]) => [name, type]))
    const own = new Map([...given].filter(([name]) => name.startsWith('atalaya_')))
    expect(types(described)).toEqual(types(own))
  })

  it('lists the labels of every metric', () => {
    // A metric that counts what has not happened yet has no line to read its labels from.
    const seen = [...given].filter(([name, { labels }]) => name.startsWith('atalaya_') && labels.length > 0)
    expect(seen.length).toBeGreaterThan(9)
    for (const [name, { labels }] of seen) expect([name, ...(described.get(name)?.labels ?? [])]).toEqual([name, ...labels])
  })

  it('asks in its examples for metrics that exist', () => {
    expect(metricsIn(page.text).filter((name) => !given.has(name))).toEqual([])
  })

  it('gives examples that are YAML', () => {
    const examples = [...page.text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, example = '']) => parse(example) as unknown)
    expect(examples).toHaveLength(2)
    expect(examples[1]).toMatchObject({ groups: [{ name: 'atalaya' }] })
  })
})

describe('examples/grafana/atalaya.json', () => {
  const dashboard = JSON.parse(readFileSync(new URL('../../examples/grafana/atalaya.json', import.meta.url), 'utf8')) as Dashboard
  const queries = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))

  it('asks for metrics and labels that exist, and for every one of the gateway', () => {
    const asked = queries.flatMap(metricsIn)
    expect(queries.length).toBeGreaterThan(20)
    expect(asked.filter((name) => !given.has(name))).toEqual([])
    const isShown = (name: string) => asked.includes(name) || JSON.stringify(dashboard.templating).includes(name)
    expect([...given.keys()].filter((name) => name.startsWith('atalaya_') && !isShown(name))).toEqual([])
    for (const query of queries) {
      const labels = metricsIn(query).flatMap((name) => given.get(name)?.labels ?? [])
      const grouped = [...query.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(',').map(plain))
      expect(grouped.filter((label) => label !== 'le' && !labels.includes(label))).toEqual([])
    }
  })

  it('has no two panels of one number or in one place', () => {
    const places = dashboard.panels.map(({ id, gridPos }) => [id, `${gridPos.x},${gridPos.y}`])
    for (const of of [0, 1]) expect(new Set(places.map((place) => place[of])).size).toBe(dashboard.panels.length)
  })
})

/** What is read here of a dashboard of Grafana. */
interface Dashboard {
  readonly panels: readonly {
    readonly id: number
    readonly gridPos: { readonly x: number; readonly y: number }
    readonly targets?: readonly { readonly expr: string }[]
  }[]
  readonly templating: object
}

/** The metrics that a text names, the gateway's and those of its process. */
function metricsIn(text: string): string[] {
  return [...text.matchAll(/\b(?:atalaya|process|nodejs)_[a-z0-9_]+/g)].map(([name]) => name.replace(/_(bucket|sum|count)$/, ''))
}

/** Prometheus' text format (exposition format 0.0.4), as far as this test needs it. */
function parseMetrics(text: string): Map<string, Metric> {
  const metrics = new Map<string, Metric>()
  for (const [, name = '', type = ''] of text.matchAll(/^# TYPE ((?:atalaya|process|nodejs)_\w+) (\w+)$/gm)) {
    const line = new RegExp(`^${name}(?:_bucket)?\\{([^}]*)\\}`, 'm').exec(text)?.[1] ?? ''
    const labels = [...line.matchAll(/(\w+)="/g)].map(([, label = '']) => label).filter((label) => label !== 'le')
    metrics.set(name, { type, labels })
  }
  return metrics
}

function plain(cell: string): string {
  return cell.replaceAll('`', '').trim()
}
