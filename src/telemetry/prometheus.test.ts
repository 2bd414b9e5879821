import { describe, expect, it, vi } from 'vitest'
import { PrometheusMetrics } from './prometheus.ts'

describe('the metrics', () => {
  it('count what packets cost the engines', async () => {
    const metrics = new PrometheusMetrics('1.0.0', () => [])
    metrics.packetDone('door', { decoding: 0.003, making: 0.005, jpegs: 2, isLate: false })
    metrics.packetDone('door', { decoding: 0.001, making: 0, jpegs: 0, isLate: true })
    const lines = (await metrics.text()).split('\n')
    expect(lines).toContain('atalaya_engine_decode_seconds_sum{camera="door"} 0.004')
    expect(lines).toContain('atalaya_engine_decode_seconds_count{camera="door"} 2')
    expect(lines).toContain('atalaya_engine_encode_seconds_count{camera="door"} 1')
    expect(lines).toContain('atalaya_engine_encode_seconds_bucket{le="0.008",camera="door"} 1')
    expect(lines).toContain('atalaya_engine_jpegs_total{camera="door"} 2')
    expect(lines).toContain('atalaya_engine_late_pictures_total{camera="door"} 1')
  })

  it('sort times into buckets, each of which counts all that is below its bound', async () => {
    const metrics = new PrometheusMetrics('1.0.0', () => [])
    for (const decoding of [0.004, 0.005, 3]) metrics.packetDone('door', { decoding, making: 0, jpegs: 0, isLate: false })
    const lines = (await metrics.text()).split('\n')
    const bucket = (bound: string) => lines.find((line) => line.startsWith(`atalaya_engine_decode_seconds_bucket{le="${bound}"`))
    expect(['0.002', '0.004', '0.008', '0.5', '+Inf'].map((bound) => bucket(bound)?.split(' ')[1])).toEqual([
      '0',
      '1',
      '2',
      '2',
      '3',
    ])
  })

  it('count skipped pictures and departures by their reason', async () => {
    const metrics = new PrometheusMetrics('1.0.0', () => [])
    metrics.pictureSkipped('door', 'busy')
    metrics.pictureSkipped('door', 'busy')
    metrics.pictureSkipped('door', 'line')
    metrics.viewerLeft('door', 'slow')
    const lines = (await metrics.text()).split('\n')
    expect(lines).toContain('atalaya_viewer_pictures_skipped_total{camera="door",reason="busy"} 2')
    expect(lines).toContain('atalaya_viewer_pictures_skipped_total{camera="door",reason="line"} 1')
    expect(lines).toContain('atalaya_viewer_disconnects_total{camera="door",reason="slow"} 1')
  })

  it('tell how late the event loop is', { timeout: 20_000 }, async () => {
    using metrics = new PrometheusMetrics('1.0.0', () => [])
    const delays = async () => Number(/^atalaya_event_loop_delay_seconds_sum (\S+)$/m.exec(await metrics.text())?.[1])
    const count = async () => Number(/^atalaya_event_loop_delay_seconds_count (\S+)$/m.exec(await metrics.text())?.[1])
    await vi.waitFor(async () => expect(await count()).toBeGreaterThan(0), { timeout: 10_000 })
    const [before, counted] = [await delays(), await count()]
    for (const until = performance.now() + 500; performance.now() < until; );
    await vi.waitFor(async () => expect(await count()).toBeGreaterThan(counted), { timeout: 10_000 })
    expect((await delays()) - before).toBeGreaterThan(0.35)
  })

  it('forget a camera that is gone, in every line', async () => {
    const metrics = new PrometheusMetrics('1.0.0', () => [])
    const count = (camera: string) => {
      metrics.pictureSent(camera, 0.02)
      for (const reason of ['busy', 'line'] as const) metrics.pictureSkipped(camera, reason)
      for (const reason of ['client', 'slow', 'ended'] as const) metrics.viewerLeft(camera, reason)
      metrics.packetDone(camera, { decoding: 0.001, making: 0.001, jpegs: 1, isLate: false })
    }
    count('door')
    count('yard')
    metrics.forget('door')
    const text = await metrics.text()
    expect(text).not.toContain('"door"')
    expect(text).toContain('"yard"')
  })
})
