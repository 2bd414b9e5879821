import { describe, expect, it } from 'vitest'
import type { Packet } from '../media/packet.ts'
import { millis } from '../media/time.ts'
import { GopCache } from './gop-cache.ts'

function packet(atMs: number, keyframe = false, bytes = 10): Packet {
  return {
    track: { codec: 'h264' },
    data: Buffer.alloc(bytes),
    pts: millis(atMs),
    dts: millis(atMs),
    keyframe,
    capturedAt: millis(atMs),
  }
}

function cacheOf(packets: Packet[]): GopCache {
  const cache = new GopCache()
  for (const [sequence, one] of packets.entries()) cache.add({ packet: one, sequence })
  return cache
}
const numbers = (cache: GopCache) => cache.packets.map(({ sequence }) => sequence)

describe('the GOP cache', () => {
  it('holds the packets since the last keyframe', () => {
    expect(numbers(cacheOf([packet(0, true), packet(40), packet(80, true), packet(120)]))).toEqual([2, 3])
  })

  it('holds nothing before the first keyframe', () => {
    expect(numbers(cacheOf([packet(0), packet(40)]))).toEqual([])
  })

  it('keeps the keyframe alone once the group of pictures is longer than 10 s, until the next keyframe', () => {
    const cache = cacheOf([packet(0, true), packet(5000), packet(10_040), packet(10_080)])
    expect(numbers(cache)).toEqual([0])
    expect(cache.isComplete).toBe(false)
    cache.add({ packet: packet(11_000, true), sequence: 9 })
    expect(numbers(cache)).toEqual([9])
    expect(cache.isComplete).toBe(true)
  })

  it('never holds more than 8 MiB beside the keyframe', () => {
    const cache = cacheOf([packet(0, true), packet(40, false, 5e6), packet(80, false, 5e6)])
    expect(numbers(cache)).toEqual([0])
  })
})
