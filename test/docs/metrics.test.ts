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
  real.metrics.pictureSkipped('door')
  real.metrics.viewerLeft('door', 'client')
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
    expect(types(described)).toEqual(types(given))
  })

  it('lists the labels of every metric', () => {
    // A metric that counts what has not happened yet has no line to read its labels from.
    const seen = [...given].filter(([, { labels }]) => labels.length > 0)
    expect(seen.length).toBeGreaterThan(9)
    for (const [name, { labels }] of seen) expect([name, ...(described.get(name)?.labels ?? [])]).toEqual([name, ...labels])
  })

  it('asks in its examples for metrics that exist', () => {
    const asked = [...page.text.matchAll(/\batalaya_[a-z_]+/g)].map(([name]) => name.replace(/_(bucket|sum|count)$/, ''))
    expect(asked.filter((name) => !given.has(name))).toEqual([])
  })

  it('gives examples that are YAML', () => {
    const examples = [...page.text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, example = '']) => parse(example) as unknown)
    expect(examples).toHaveLength(2)
    expect(examples[1]).toMatchObject({ groups: [{ name: 'atalaya' }] })
  })
})

/** Prometheus' text format (exposition format 0.0.4), as far as this test needs it. */
function parseMetrics(text: string): Map<string, Metric> {
  const metrics = new Map<string, Metric>()
  for (const [, name = '', type = ''] of text.matchAll(/^# TYPE (atalaya_\w+) (\w+)$/gm)) {
    const line = new RegExp(`^${name}(?:_bucket)?\\{([^}]*)\\}`, 'm').exec(text)?.[1] ?? ''
    const labels = [...line.matchAll(/(\w+)="/g)].map(([, label = '']) => label).filter((label) => label !== 'le')
    metrics.set(name, { type, labels })
  }
  return metrics
}

function plain(cell: string): string {
  return cell.replaceAll('`', '').trim()
}
