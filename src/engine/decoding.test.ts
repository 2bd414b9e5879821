import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { JpegDecoder } from '../../test/e2e/jpeg-pixels.ts'
import { decodeJpeg, ffmpeg, h264Clip, hasFfmpeg, movingClip, packetOf } from '../../test/engine/clips.ts'
import { ENGINE_KINDS, soon, type TestedEngines } from '../../test/engine/engine-kinds.ts'
import { watchDecoder } from '../../test/engine/watched-decoder.ts'
import { parseJpegHeader } from '../media/jpeg.ts'
import { micros, now } from '../media/time.ts'
import { SILENT_LOG } from '../telemetry/log.ts'
import { EnginePool } from './engine-pool.ts'

const FULL = { width: 640, height: 360, quality: 80 }

describe.skipIf(!hasFfmpeg).each(ENGINE_KINDS)('decoding, by $engine', ({ engine, open }) => {
  let pool: TestedEngines
  let clip: Buffer[]
  beforeAll(async () => {
    pool = open()
    pool.start()
    clip = await movingClip('640x360', 2)
  })
  afterAll(() => pool[Symbol.asyncDispose]())

  it('makes one whole JPEG of each packet, with its sequence and its time', async () => {
    const { decoder, pictures } = await watchDecoder(pool, { 7: FULL })
    const packets = clip.map((data, index) => packetOf(data, index))
    for (const [index, packet] of packets.entries()) {
      decoder.push(packet, 1000 + index, false)
      await vi.waitFor(() => expect(pictures).toHaveLength(index + 1), { timeout: 20_000, interval: 2 })
    }
    for (const [index, picture] of pictures.entries()) {
      const { capturedAt } = packets[index]!
      expect(picture).toMatchObject({ rendition: 7, width: 640, height: 360, sequence: 1000 + index, capturedAt })
      expect(parseJpegHeader(picture.data)).toEqual({ width: 640, height: 360 })
    }
    // All in one run: a second decoder that stops at the first error.
    const all = Buffer.concat(pictures.map(({ data }) => data))
    const frames = await ffmpeg(['-f', 'mjpeg', '-i', 'pipe:0', '-f', 'framemd5', 'pipe:1'], all)
    expect(
      frames
        .toString()
        .split('\n')
        .filter((line) => line.startsWith('0,')),
    ).toHaveLength(clip.length)
    expect(pictures[0]!.data.toString('latin1')).not.toMatch(/Lavc|FFmpeg/)
    decoder.close()
  })

  it('shows pictures that are coded out of order in their order, and loses none', async () => {
    // Each picture is brighter than the one before.
    const brighter = "color=black:size=320x180:rate=25:duration=1.6,format=yuv420p,geq=lum='16+5*N':cb=128:cr=128"
    const encode = ['-bf', '3', '-g', '20', '-x264-params', 'aud=1:b-adapt=0:b-pyramid=0:scenecut=0']
    const reordered = await h264Clip({ input: ['-f', 'lavfi', '-i', brighter], encode })
    const { decoder, pictures } = await watchDecoder(pool, { 1: { width: 320, height: 180, quality: 90 } })
    for (const [index, unit] of reordered.entries()) {
      const dts = packetOf(unit, index).pts
      decoder.push({ ...packetOf(unit, placeOf(index) + 3), dts, keyframe: index % 20 === 0 }, index, false)
      // The decoder keeps the last ones until it sees what comes after them.
      await vi.waitFor(() => expect(pictures.length).toBeGreaterThanOrEqual(index - 2), { timeout: 20_000, interval: 2 })
    }
    const jpeg = new JpegDecoder()
    const brightness = pictures.map(({ data }) => jpeg.decode(data).data[0] ?? 0)
    for (const [i, picture] of pictures.entries()) {
      if (i === 0) continue
      expect(brightness[i]).toBeGreaterThan(brightness[i - 1] ?? 255)
      expect((brightness[i] ?? 0) - (brightness[i - 1] ?? 0)).toBeLessThan(10)
      expect(picture.sequence).toBeGreaterThan(pictures[i - 1]?.sequence ?? Number.POSITIVE_INFINITY)
    }
    expect(pictures.at(-1)?.sequence).toBeLessThan(reordered.length + 3)
    decoder.close()
  })

  it('makes several renditions of one decoding, each with its size and quality', async () => {
    const renditions = {
      1: { ...FULL, quality: 20 },
      2: { ...FULL, quality: 50 },
      3: FULL,
      4: { ...FULL, quality: 100 },
      5: { width: 320, height: 180, quality: 80 },
      6: { width: 90, height: 50, quality: 80 },
      7: { width: 90, height: 50, quality: 80 },
    }
    const { decoder, pictures, push } = await watchDecoder(pool, renditions)
    push(clip.slice(0, 1))
    await soon(() => expect(pictures).toHaveLength(7))
    const byKey = new Map(pictures.map((picture) => [picture.rendition, picture]))
    const bytes = [1, 2, 3, 4].map((key) => byKey.get(key)!.data.length)
    expect(bytes).toEqual([...bytes].sort((a, b) => a - b))
    expect(new Set(bytes).size).toBe(4)
    expect(byKey.get(5)).toMatchObject({ width: 320, height: 180 })
    expect(byKey.get(7)!.data.equals(byKey.get(6)!.data)).toBe(true)
    expect((await decodeJpeg(byKey.get(6)!.data)).length).toBe(90 * 50 * 3)
    decoder.close()
  })

  it('keeps to the frame rate of a rendition', async () => {
    const { decoder, pictures, pushTimely } = await watchDecoder(pool, { 1: { ...FULL, fps: 10 }, 2: FULL })
    pushTimely(clip)
    await soon(() => expect(pictures.filter(({ rendition }) => rendition === 2)).toHaveLength(clip.length))
    expect(pictures.filter(({ rendition }) => rendition === 1)).toHaveLength(clip.length * (10 / 25))
    decoder.close()
  })

  it('makes no picture of packets that only lead up to the present', async () => {
    const { decoder, pictures, push } = await watchDecoder(pool, { 1: FULL })
    push(clip.slice(0, 10), true)
    push(clip.slice(10, 12))
    await soon(() => expect(pictures.map(({ sequence }) => sequence)).toEqual([10, 11]))
    decoder.close()
  })

  it('waits for a keyframe, and after a damaged packet for the next one', async () => {
    const { decoder, pictures, push } = await watchDecoder(pool, { 1: FULL })
    push(clip.slice(1, 3))
    push(clip.slice(0, 3))
    const damaged = Buffer.from(clip[3]!)
    damaged.fill(0xa5, 5)
    push([damaged, ...clip.slice(4, 26)])
    await soon(() => expect(pictures.at(-1)?.sequence).toBe(27))
    expect(pictures.map(({ sequence }) => sequence)).toEqual([2, 3, 4, 27])
    decoder.close()
  })

  it('survives garbage that calls itself a keyframe', async () => {
    const { decoder, pictures, failures } = await watchDecoder(pool, { 1: FULL })
    for (let round = 0; round < 200; round++) {
      const source = clip[round % clip.length]!
      const noise = Buffer.from(source)
      for (let at = 5 + (round % 40); at < noise.length; at += 11 + (round % 70)) noise[at] = (at * round) & 0xff
      decoder.push({ ...packetOf(noise, round), keyframe: true }, round, false)
    }
    for (const [index, unit] of clip.slice(0, 25).entries()) decoder.push(packetOf(unit, 200 + index), 200 + index, false)
    await soon(() => expect(pictures.at(-1)?.sequence).toBe(224))
    for (const { data } of pictures) expect(parseJpegHeader(data)).toEqual({ width: 640, height: 360 })
    expect(failures).toEqual([])
    decoder.close()
  })

  it('goes on when the camera changes its resolution, colour and format', async () => {
    const others = await Promise.all([
      movingClip('1280x720', 0.2),
      movingClip('322x182', 0.2, '-color_range', 'pc', '-pix_fmt', 'yuvj420p'),
      movingClip('640x360', 0.2, '-pix_fmt', 'yuv422p'),
    ])
    const { decoder, pictures, failures, pushTimely } = await watchDecoder(pool, { 1: FULL })
    const units = [...clip.slice(0, 2), ...others.flat(), ...clip.slice(0, 2)]
    pushTimely(units)
    await soon(() => expect(pictures).toHaveLength(units.length))
    for (const { data } of pictures) expect(parseJpegHeader(data)).toEqual({ width: 640, height: 360 })
    expect(failures).toEqual([])
    decoder.close()
  })

  it('takes JPEG cameras too, of any chroma format and odd sizes', async () => {
    for (const [size, format] of [
      ['641x361', 'yuvj420p'],
      ['320x240', 'yuvj422p'],
      ['320x240', 'yuvj444p'],
      ['320x240', 'gray'],
    ] as const) {
      const input = [
        '-f',
        'lavfi',
        '-i',
        `testsrc2=size=${size}:rate=25`,
        '-frames:v',
        '1',
        '-pix_fmt',
        format,
        '-color_range',
        'pc',
      ]
      const jpeg = await ffmpeg([...input, '-strict', '-1', '-f', 'mjpeg', 'pipe:1'])
      const { decoder, pictures } = await watchDecoder(
        pool,
        { 1: { width: 160, height: 120, quality: 80 } },
        { track: { codec: 'jpeg' } },
      )
      decoder.push({ ...packetOf(jpeg, 0), track: { codec: 'jpeg' }, keyframe: true }, 0, false)
      await soon(() => expect(pictures).toHaveLength(1))
      expect(parseJpegHeader(pictures[0]!.data)).toEqual({ width: 160, height: 120 })
      decoder.close()
    }
  })

  it('changes renditions while it runs; an added one gets the picture of the newest frame at once', async () => {
    const { decoder, pictures, push } = await watchDecoder(pool, { 1: FULL })
    push(clip.slice(0, 2))
    await soon(() => expect(pictures).toHaveLength(2))
    decoder.setRenditions(new Map([[2, { ...FULL, width: 320, height: 180 }]]))
    await soon(() => expect(pictures).toHaveLength(3))
    push(clip.slice(2, 3))
    await soon(() => expect(pictures).toHaveLength(4))
    decoder.setRenditions(new Map())
    push(clip.slice(3, 5))
    await soon(() => {
      decoder.setRenditions(new Map())
      decoder.setRenditions(new Map([[3, FULL]]))
      expect(pictures.at(-1)).toMatchObject({ rendition: 3, sequence: 4 })
    })
    expect(pictures.slice(0, 4).map(({ rendition, width, sequence }) => [rendition, width, sequence])).toEqual([
      [1, 640, 0],
      [1, 640, 1],
      [2, 320, 1],
      [2, 320, 2],
    ])
    decoder.close()
  })

  it('catches up without pictures when it lags, and still shows the newest', async () => {
    const { decoder, pictures } = await watchDecoder(pool, { 1: FULL })
    const long = 400_000 as ReturnType<typeof now>
    for (const [index, data] of clip.entries()) {
      decoder.push({ ...packetOf(data, index), capturedAt: micros(now() - long) }, index, false)
    }
    await soon(() => expect(pictures.at(-1)?.sequence).toBe(clip.length - 1))
    expect(pictures[0]?.sequence).toBe(0) // a newcomer sees something at once
    expect(pictures.length).toBeLessThan(5)
    decoder.close()
  })

  it('is fair: a camera with a backlog does not hold up another', async () => {
    const large = await movingClip('1920x1080', 2)
    const alone = engine === 'libav in a process' ? new EnginePool(SILENT_LOG, 1) : open()
    try {
      const heavy = await watchDecoder(alone, { 1: { width: 1920, height: 1080, quality: 80 } }, { camera: 'heavy' })
      const light = await watchDecoder(alone, { 1: FULL }, { camera: 'light' })
      heavy.push(large)
      light.push(clip.slice(0, 2))
      await soon(() => expect(light.pictures).toHaveLength(2))
      expect(heavy.pictures.length).toBeLessThan(large.length / 2)
    } finally {
      await alone[Symbol.asyncDispose]()
    }
  })

  it('ends at close: nothing comes afterwards', async () => {
    const { decoder, pictures, failures, push } = await watchDecoder(pool, { 1: FULL })
    push(clip)
    decoder.close()
    decoder.close()
    push(clip)
    const after = await watchDecoder(pool, { 1: FULL })
    after.push(clip.slice(0, 1))
    await soon(() => expect(after.pictures).toHaveLength(1))
    await sleep(50)
    expect([pictures, failures]).toEqual([[], []])
    after.decoder.close()
  })

  it('knows an access unit without a picture from a damaged one', async () => {
    const { decoder, pictures, push } = await watchDecoder(pool, { 1: FULL })
    push([clip[0]!, Buffer.from([0, 0, 0, 1, 9, 0xf0]), ...clip.slice(1, 3)])
    await soon(() => expect(pictures.map(({ sequence }) => sequence)).toEqual([0, 2, 3]))
    decoder.close()
  })

  it('shows BT.2020 pictures in sane colours', async () => {
    const input = ['-f', 'lavfi', '-i', 'color=c=0x808080:size=640x360:rate=25', '-frames:v', '1']
    const [data] = await h264Clip({ input, encode: ['-pix_fmt', 'yuv420p', '-bsf:v', 'h264_metadata=matrix_coefficients=9'] })
    const { decoder, pictures, push } = await watchDecoder(pool, { 1: FULL, 2: { ...FULL, width: 320, height: 180 } })
    push([data!])
    await soon(() => expect(pictures).toHaveLength(2))
    for (const { data: jpeg } of pictures) {
      for (const value of (await decodeJpeg(jpeg)).subarray(0, 3)) expect(Math.abs(value - 0x80)).toBeLessThanOrEqual(6)
    }
    decoder.close()
  })
})

/** Which picture is shown when, by its place in the order of coding: in each twenty pictures three stand before the one they refer to. */
function placeOf(index: number): number {
  const [group, at] = [index - (index % 20), index % 20]
  if (at === 0) return index
  if (at >= 17) return group + (at === 17 ? 19 : at - 1)
  return group + (at % 4 === 1 ? at + 3 : at - 1)
}
