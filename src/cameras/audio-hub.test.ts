import { describe, expect, it } from 'vitest'
import type { AudioPacket, AudioTrack } from '../media/audio.ts'
import { micros } from '../media/time.ts'
import { AudioHub } from './audio-hub.ts'

const PCMA: AudioTrack = { codec: 'pcma', sampleRate: 8000, channels: 1 }

function packet(milliseconds: number, bytes = 160, track = PCMA): AudioPacket {
  return { track, data: Buffer.alloc(bytes), pts: micros(milliseconds * 1000), capturedAt: micros(milliseconds * 1000) }
}

describe('the audio of a stream', () => {
  it('goes to all who take it, until they leave', () => {
    const hub = new AudioHub()
    const taken: number[][] = [[], []]
    const [leave] = taken.map((list) => hub.subscribe(({ pts }) => list.push(pts / 1000)))
    hub.receive(packet(0))
    leave?.()
    hub.receive(packet(20))
    expect(taken).toEqual([[0], [0, 20]])
    expect(hub.track).toBe(PCMA)
  })

  it('is kept for 10 s, and a megabyte at most', () => {
    const hub = new AudioHub()
    for (let at = 0; at <= 30_000; at += 20) hub.receive(packet(at))
    expect(hub.recent[0]?.pts).toBe(20_000_000)
    expect(hub.recent.at(-1)?.pts).toBe(30_000_000)
    for (let at = 30_020; at < 32_000; at += 20) hub.receive(packet(at, 60_000))
    expect(hub.recent.reduce((sum, { data }) => sum + data.length, 0)).toBeLessThanOrEqual(1024 * 1024)
    for (let i = 0; i < 10_000; i++) hub.receive(packet(40_000 + i / 1000, 1))
    expect(hub.recent.length).toBeLessThanOrEqual(4096)
  })

  it('begins anew with another track, and is gone when the connection is', () => {
    const hub = new AudioHub()
    const opus: AudioTrack = { codec: 'opus', sampleRate: 48_000, channels: 2 }
    hub.receive(packet(0))
    hub.receive(packet(20, 80, opus))
    expect(hub.recent.map(({ track }) => track)).toEqual([opus])
    hub.clear()
    expect(hub.track).toBeUndefined()
  })
})
