import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { EnginePool } from '../engine/engine-pool.ts'
import type { Packet, Track } from '../media/packet.ts'
import { SILENT_LOG } from '../telemetry/log.ts'
import { TestSource } from './test-source.ts'

const PATTERN = { pattern: 'clock', name: 'demo', width: 320, height: 180, fps: 25 } as const

describe('a source of test pictures', () => {
  let engines: EnginePool
  beforeAll(() => {
    engines = new EnginePool(SILENT_LOG)
    engines.start()
  })
  afterAll(() => engines[Symbol.asyncDispose]())

  function run(signal: AbortSignal): { ended: Promise<void>; tracks: Track[]; packets: Packet[] } {
    const tracks: Track[] = []
    const packets: Packet[] = []
    const source = new TestSource({ engines, pattern: PATTERN, log: SILENT_LOG })
    const output = { track: (track: Track) => tracks.push(track), packet: (packet: Packet) => packets.push(packet) }
    return { ended: source.run(output, signal), tracks, packets }
  }

  it('delivers a track and packets until it is aborted, and nothing afterwards', async () => {
    const abort = new AbortController()
    const { ended, tracks, packets } = run(abort.signal)
    await vi.waitFor(() => expect(packets.length).toBeGreaterThan(5), 5000)
    expect(tracks).toEqual([{ codec: 'h264', width: 320, height: 180, fps: 25 }])
    expect(packets[0]!.keyframe).toBe(true)
    abort.abort()
    await ended
    const count = packets.length
    const next = new AbortController()
    const later = run(next.signal)
    await vi.waitFor(() => expect(later.packets.length).toBeGreaterThan(3), 5000)
    next.abort()
    await later.ended
    expect(packets).toHaveLength(count)
  })

  it('ends at once when it is aborted before it began, or while its engine starts', async () => {
    await run(AbortSignal.abort()).ended
    const abort = new AbortController()
    const { ended, packets } = run(abort.signal)
    abort.abort()
    await ended
    expect(packets).toEqual([])
  })

  it('rejects when its engine dies', async () => {
    const { ended, packets } = run(new AbortController().signal)
    const outcome = expect(ended).rejects.toMatchObject({ code: 'internal_error' })
    await vi.waitFor(() => expect(packets.length).toBeGreaterThan(0), 5000)
    for (const pid of engines.pids) process.kill(pid, 'SIGKILL')
    await outcome
  })
})
