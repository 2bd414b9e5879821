import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { hasFfmpeg } from '../../test/engine/clips.ts'
import { ENGINE_KINDS, soon, type TestedEngines } from '../../test/engine/engine-kinds.ts'
import type { AtalayaError } from '../api/errors.ts'
import { splitAnnexB } from '../media/annex-b.ts'
import { NAL, nalType } from '../media/h264.ts'
import type { Packet, Track } from '../media/packet.ts'
import type { Input, InputRequest } from './engine.ts'

const run = promisify(execFile)

describe.skipIf(!hasFfmpeg).each(ENGINE_KINDS)('what libav reads, by $engine', ({ open: openEngines }) => {
  let pool: TestedEngines
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atalaya-input-'))
    pool = openEngines()
    pool.start()
    const picture = ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=25:duration=1']
    await run('ffmpeg', [...picture, '-c:v', 'libx264', '-bf', '0', '-g', '10', '-pix_fmt', 'yuv420p', join(folder, 'clip.mp4')])
    await run('ffmpeg', [
      ...picture,
      '-c:v',
      'libx264',
      '-bf',
      '3',
      '-g',
      '10',
      '-pix_fmt',
      'yuv420p',
      join(folder, 'b-frames.mkv'),
    ])
    await run('ffmpeg', [...picture, '-c:v', 'mpeg4', join(folder, 'old.avi')])
    for (const number of [2, 10, 1]) {
      const size = `size=${number * 32}x32`
      await run('ffmpeg', [
        '-v',
        'error',
        '-f',
        'lavfi',
        '-i',
        `testsrc=${size}`,
        '-frames:v',
        '1',
        join(folder, `shot${number}.${number === 10 ? 'png' : 'jpg'}`),
      ])
    }
  }, 30_000)
  afterAll(async () => {
    await pool[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  interface Read {
    readonly tracks: Track[]
    readonly packets: Packet[]
    readonly failures: AtalayaError[]
    readonly input: Input
  }

  async function open(request: Partial<InputRequest> & Pick<InputRequest, 'kind' | 'address'>): Promise<Read> {
    const read = { tracks: [] as Track[], packets: [] as Packet[], failures: [] as AtalayaError[] }
    const input = await pool.openInput(
      { name: 'it', options: [{}], ...request },
      {
        track: (track) => read.tracks.push(track),
        packet: (packet) => read.packets.push(packet),
        failed: (error) => read.failures.push(error),
      },
    )
    return { ...read, input }
  }

  it('is an H.264 file at its own pace, again and again, with its parameter sets at every keyframe', async () => {
    const { tracks, packets, failures, input } = await open({ kind: 'file', address: join(folder, 'clip.mp4') })
    await vi.waitFor(() => expect(packets.length + failures.length * 99).toBeGreaterThan(35), { timeout: 20_000 })
    await input.close()
    expect(failures).toEqual([])
    expect(tracks).toEqual([{ codec: 'h264', width: 320, height: 180, fps: 25 }])
    for (const { data, keyframe } of packets) {
      const kinds = [...splitAnnexB(data)].map((nal) => nalType(nal[0] ?? 0))
      if (keyframe) expect(kinds.slice(0, 2)).toEqual([NAL.SPS, NAL.PPS])
    }
    const [first, last] = [packets[0]!, packets[30]!]
    expect(Math.abs((last.capturedAt - first.capturedAt) / 1e6 - 1.2)).toBeLessThan(0.3)
    for (const [index, packet] of packets.slice(1).entries()) expect(packet.pts).toBeGreaterThan(packets[index]!.pts)
  })

  it('is a file with B-frames in the order of decoding, again and again', async () => {
    const { packets, failures, input } = await open({ kind: 'file', address: join(folder, 'b-frames.mkv') })
    await vi.waitFor(() => expect(packets.length + failures.length * 99).toBeGreaterThan(35), { timeout: 20_000 })
    await input.close()
    expect(failures).toEqual([])
    expect(packets.map(({ pts }) => pts)).not.toEqual(packets.map(({ pts }) => pts).toSorted((a, b) => a - b))
    for (const [index, { pts, dts }] of packets.entries()) {
      expect(dts).toBeLessThanOrEqual(pts)
      expect(dts).toBeGreaterThan(packets[index - 1]?.dts ?? Number.NEGATIVE_INFINITY)
    }
  })

  it('is a file of another codec as JPEG', async () => {
    const { packets, failures, input } = await open({ kind: 'file', address: join(folder, 'old.avi') })
    await vi.waitFor(() => expect(packets.length + failures.length * 99).toBeGreaterThan(5), { timeout: 20_000 })
    await input.close()
    expect(failures).toEqual([])
    expect(packets[0]).toMatchObject({ track: { codec: 'jpeg', width: 320, height: 180 }, keyframe: true })
    expect(packets[0]!.data.readUInt16BE(0)).toBe(0xffd8)
  })

  it('is a folder of pictures in the order that people count', async () => {
    const { packets, failures, input } = await open({ kind: 'folder', address: folder, fps: 20 })
    await vi.waitFor(() => expect(packets.length + failures.length * 99).toBeGreaterThan(3), { timeout: 20_000 })
    await input.close()
    expect(failures).toEqual([])
    expect(packets.slice(0, 4).map(({ track }) => track.width)).toEqual([32, 64, 320, 32])
  })

  it.each([
    ['missing.mp4', 'stream_not_found'],
    ['shot1.txt', 'stream_not_found'],
  ])('is refused with a reason when it is %s', async (name, code) => {
    const { failures } = await open({ kind: 'file', address: join(folder, name) })
    await soon(() => expect(failures.map((error) => error.code)).toEqual([code]))
  })

  it('that crashes its engine three times is set aside, and others are not', { timeout: 60_000 }, async () => {
    const culprit = { kind: 'file', address: join(folder, 'clip.mp4'), name: 'culprit' } as const
    for (let crash = 0; crash < 3; crash++) {
      const { packets, failures } = await open(culprit)
      await soon(() => expect(packets.length).toBeGreaterThan(0))
      // The others are idle, and nobody's fault.
      const killed = pool.pids
      for (const pid of killed) process.kill(pid, 'SIGSEGV')
      await soon(() => expect(failures).toHaveLength(1))
      // None of them is to be given the next one before its end is noticed.
      await soon(() => expect(pool.pids.filter((pid) => killed.includes(pid))).toEqual([]))
    }
    await expect(open(culprit)).rejects.toMatchObject({ code: 'quarantined' })
    const { packets, input } = await open({ kind: 'file', address: join(folder, 'clip.mp4') })
    await soon(() => expect(packets.length).toBeGreaterThan(0))
    await input.close()
  })

  it('that hangs is let go within 100 ms, and another goes on meanwhile', async () => {
    const silent: Server = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const address = silent.address()
    const port = address && typeof address === 'object' ? address.port : 0
    const other = await open({ kind: 'file', address: join(folder, 'clip.mp4') })
    const hung = await open({ kind: 'stream', address: `rtsp://127.0.0.1:${port}/` })
    await soon(() => expect(other.packets.length).toBeGreaterThan(5))
    const began = performance.now()
    await hung.input.close()
    expect(performance.now() - began).toBeLessThan(250)
    expect(hung.failures).toEqual([])
    const count = other.packets.length
    await soon(() => expect(other.packets.length).toBeGreaterThan(count + 5))
    await other.input.close()
    silent.close()
  })
})
