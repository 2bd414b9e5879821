import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ffmpeg, hasFfmpeg } from '../../test/engine/clips.ts'
import { ENGINE_KINDS, soon, type TestedEngines } from '../../test/engine/engine-kinds.ts'
import { watchDecoder } from '../../test/engine/watched-decoder.ts'
import { splitAnnexB } from '../media/annex-b.ts'
import { NAL, nalType } from '../media/h264.ts'
import type { Packet } from '../media/packet.ts'
import { now } from '../media/time.ts'
import type { TestPattern } from './engine.ts'

const CLOCK: TestPattern = { pattern: 'clock', name: 'Front door', width: 640, height: 360, fps: 25 }

describe.skipIf(!hasFfmpeg).each(ENGINE_KINDS)('test pictures, by $engine', ({ open }) => {
  let pool: TestedEngines
  beforeAll(() => {
    pool = open()
    pool.start()
  })
  afterAll(() => pool[Symbol.asyncDispose]())

  /** The first packets of a pattern, and the moments at which they came. */
  async function generate(pattern: TestPattern, count: number): Promise<Packet[]> {
    const packets: Packet[] = []
    const failures: unknown[] = []
    const output = { packet: (packet: Packet) => packets.push(packet), failed: (error: unknown) => failures.push(error) }
    const generator = await pool.openGenerator(pattern, output)
    await vi.waitFor(() => expect(packets.length + failures.length).toBeGreaterThanOrEqual(count), {
      timeout: 10_000,
      interval: 5,
    })
    generator.close()
    expect(failures).toEqual([])
    return packets
  }

  it('come as H.264 that can be begun at any keyframe, one each second', async () => {
    const packets = await generate({ ...CLOCK, fps: 15 }, 35)
    for (const [index, { data, keyframe, track }] of packets.entries()) {
      expect(keyframe).toBe(index % 15 === 0)
      const types = [...splitAnnexB(data)].map((nal) => nalType(nal[0]!))
      expect(types).toEqual(keyframe ? [NAL.SPS, NAL.PPS, NAL.IDR] : [NAL.SLICE])
      expect(data.subarray(0, 4)).toEqual(Buffer.from([0, 0, 0, 1]))
      expect(data.indexOf(Buffer.from([0, 0, 1]), 4) > 0).toBe(keyframe)
      expect(track).toEqual({ codec: 'h264', width: 640, height: 360, fps: 15 })
    }
  })

  it('keep their rate, on a time line that rises evenly, and tell when they were drawn', async () => {
    const begun = now()
    const packets = await generate(CLOCK, 76)
    const first = packets[0]!
    const last = packets[75]!
    const seconds = (last.capturedAt - first.capturedAt) / 1e6
    expect(Math.abs(75 / seconds - 25)).toBeLessThan(1)
    expect(first.capturedAt).toBeGreaterThan(begun)
    expect(now() - last.capturedAt).toBeLessThan(1_000_000)
    for (const [index, packet] of packets.slice(1).entries()) {
      expect((packet.pts - packets[index]!.pts) % 40_000).toBe(0)
      expect(packet.pts).toBeGreaterThan(packets[index]!.pts)
      expect(packet.dts).toBe(packet.pts)
    }
  })

  it.each([
    "'",
    'a:b=c,d;e[f]',
    '%{pts} %n %%',
    '\\n \\\\ \\x',
    'ñandú — güera',
    '🎥📷',
    'line\nbreak\ttab\0nul',
    '',
    'x'.repeat(200),
    "':textfile=/etc/passwd:x='",
    '%{metadata:a}%{expr_int_format:1:d}',
  ])('are drawn for a camera named %j', async (name) => {
    const [packet] = await generate({ ...CLOCK, name, width: 320, height: 180 }, 1)
    expect(packet!.keyframe).toBe(true)
  })

  it.each([
    { width: 2, height: 2 },
    { width: 64, height: 48 },
    { width: 360, height: 640 },
    { width: 1920, height: 1080 },
  ])('are drawn in the size $width × $height', async (size) => {
    const [packet] = await generate({ ...CLOCK, ...size }, 1)
    expect(packet!.track).toMatchObject(size)
  })

  it.skipIf(!hasFfmpeg).each(['clock', 'smpte'] as const)('of the pattern %s move, and can be watched', async (pattern) => {
    const packets = await generate({ ...CLOCK, pattern }, 30)
    const frames = await ffmpeg(
      ['-f', 'h264', '-i', 'pipe:0', '-f', 'framemd5', 'pipe:1'],
      Buffer.concat(packets.map(({ data }) => data)),
    )
    const hashes = frames
      .toString()
      .split('\n')
      .filter((line) => line.startsWith('0,'))
      .map((line) => line.split(',').at(-1))
    expect(new Set(hashes).size).toBe(packets.length)
    const { decoder, pictures, pushTimely } = await watchDecoder(pool, { 1: { width: 640, height: 360, quality: 80 } })
    pushTimely(packets.map(({ data }) => data))
    await soon(() => expect(pictures).toHaveLength(packets.length))
    decoder.close()
  })

  it('fail with words where the encoder does not take the size', async () => {
    const failures: Error[] = []
    const pattern = { ...CLOCK, width: 641 }
    const generator = await pool.openGenerator(pattern, { packet: () => undefined, failed: (error) => failures.push(error) })
    await soon(() => expect(failures).toMatchObject([{ code: 'unsupported' }]))
    generator.close()
  })
})
