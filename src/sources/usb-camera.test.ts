import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { hasFfmpeg, movingClip } from '../../test/engine/clips.ts'
import { buildFakeV4l2 } from '../../test/peers/fake-v4l2.ts'
import { requirePeer } from '../../test/peers/required.ts'
import type { CaptureConfig } from '../config/config.ts'
import { EnginePool } from '../engine/engine-pool.ts'
import { splitAnnexB } from '../media/annex-b.ts'
import { H264_SYNTAX } from '../media/h264-syntax.ts'
import type { Packet, Track } from '../media/packet.ts'
import { SILENT_LOG } from '../telemetry/log.ts'
import { openSource } from './open-source.ts'
import { listDevices } from './usb-devices.ts'

const run = promisify(execFile)
const DELIMITER = Buffer.from([0, 0, 0, 1, 9, 0xf0])
const SOON = { timeout: 20_000, interval: 10 }

describe.runIf(process.platform === 'linux' && hasFfmpeg && requirePeer('gcc'))('a USB camera', () => {
  let pool: EnginePool
  let folder: string
  let jpeg: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atalaya-usb-'))
    jpeg = join(folder, 'picture.jpg')
    await run('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=320x180', '-frames:v', '1', jpeg])
    const before = process.env['LD_PRELOAD']
    process.env['LD_PRELOAD'] = await buildFakeV4l2(folder)
    pool = new EnginePool(SILENT_LOG)
    pool.start()
    return () => {
      if (before === undefined) delete process.env['LD_PRELOAD']
      else process.env['LD_PRELOAD'] = before
    }
  }, 30_000)
  afterAll(async () => {
    await pool[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  function watch(device: string, capture: CaptureConfig = {}) {
    const stop = new AbortController()
    const tracks: Track[] = []
    const packets: Packet[] = []
    const source = openSource({ name: 'USB', source: { kind: 'device', device, capture } }, { engines: pool, log: SILENT_LOG })
    const output = { track: (track: Track) => tracks.push(track), packet: (packet: Packet) => packets.push(packet) }
    const ended = source.run(output, stop.signal).then(
      () => undefined,
      (error: unknown) => error,
    )
    return { tracks, packets, ended, stop }
  }

  it('that gives MJPEG is passed through byte for byte', async () => {
    const device = join(folder, 'fake-usb-camera-mjpeg-0')
    await copyFile(jpeg, device)
    const { packets, ended, stop } = watch(device)
    await vi.waitFor(() => expect(packets.length).toBeGreaterThan(5), SOON)
    stop.abort()
    expect(await ended).toBeUndefined()
    for (const { data, track } of packets) {
      expect(data.equals(await readFile(jpeg))).toBe(true)
      expect(track).toMatchObject({ codec: 'jpeg', width: 320, height: 180 })
    }
  })

  it('that gives H.264 is passed through as it is, from a keyframe on', async () => {
    const units = await movingClip('320x180', 1)
    const device = join(folder, 'fake-usb-camera-h264-0')
    await writeFile(device, Buffer.concat(units.flatMap((unit) => [DELIMITER, unit])))
    const { packets, ended, stop } = watch(device, { fps: 25 })
    await vi.waitFor(() => expect(packets.length).toBeGreaterThan(30), SOON)
    stop.abort()
    expect(await ended).toBeUndefined()
    expect(packets[0]?.keyframe).toBe(true)
    const slices = units.map((unit) => slicesOf(unit))
    for (const { data, track } of packets) {
      expect(slices).toContainEqual(slicesOf(data))
      expect(track).toMatchObject({ codec: 'h264', width: 320, height: 180 })
    }
    expect(packets.filter(({ keyframe }) => keyframe).length).toBeGreaterThan(1)
  })

  it('that does not have the format that is asked for is refused with what to change', async () => {
    const device = join(folder, 'fake-usb-camera-mjpeg-3')
    await copyFile(jpeg, device)
    expect(await watch(device, { format: 'h264' }).ended).toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('capture:'),
    })
  })

  it('that is one of two of a model is told apart by its stable name, whichever number it has', async () => {
    const pictures = await Promise.all(['red', 'blue'].map((colour) => makePicture(folder, colour)))
    const stable = ['0', '1'].map((port) => join(folder, `pci-usb-${port}-fake-usb-camera-mjpeg-index0`))
    /** Plugs both in, the first as this number. */
    const plug = async (numbers: readonly string[]) => {
      for (const [index, number] of numbers.entries()) {
        const device = join(folder, `fake-usb-camera-mjpeg-twin-${number}`)
        await copyFile(pictures[index] ?? '', device)
        await rm(stable[index] ?? '', { force: true })
        await symlink(device, stable[index] ?? '')
      }
    }
    for (const numbers of [
      ['4', '5'],
      ['5', '4'],
    ]) {
      await plug(numbers)
      for (const [index, name] of stable.entries()) {
        const { packets, ended, stop } = watch(name)
        await vi.waitFor(() => expect(packets.length).toBeGreaterThan(0), SOON)
        stop.abort()
        await ended
        expect(packets[0]?.data.equals(await readFile(pictures[index] ?? ''))).toBe(true)
      }
    }
  })

  it('that gives raw pictures is coded once, in the size and rate it was asked for, without the dark first ones', async () => {
    const device = join(folder, 'fake-usb-camera-raw')
    await writeFile(device, '')
    const { tracks, packets, ended, stop } = watch(device, { width: 640, height: 360, fps: 20 })
    await vi.waitFor(() => expect(packets.length).toBeGreaterThan(10), SOON)
    stop.abort()
    expect(await ended).toBeUndefined()
    expect(tracks).toEqual([{ codec: 'jpeg', width: 640, height: 360, fps: 20 }])
    const picture = join(folder, 'first.jpg')
    await writeFile(picture, packets[0]!.data)
    const { stdout } = await run('ffmpeg', ['-v', 'error', '-i', picture, '-f', 'rawvideo', '-pix_fmt', 'gray', '-'], {
      encoding: 'buffer',
      maxBuffer: 1e7,
    })
    expect(stdout[1000]).toBeGreaterThan(150)
  })

  it('that is unplugged is missed within 3 s, and found again by its stable name when it is another device', async () => {
    const [first, second] = [join(folder, 'fake-usb-camera-mjpeg-7'), join(folder, 'fake-usb-camera-mjpeg-8')]
    const stable = join(folder, 'usb-fake-usb-camera-mjpeg-index0')
    await copyFile(jpeg, first)
    await symlink(first, stable)
    const before = watch(stable)
    await vi.waitFor(() => expect(before.packets.length).toBeGreaterThan(2), SOON)
    const pulled = performance.now()
    await rm(first)
    expect(await before.ended).toMatchObject({ code: 'unplugged' })
    expect(performance.now() - pulled).toBeLessThan(3000)
    expect(await watch(stable).ended).toMatchObject({ code: 'unplugged' })
    await rm(stable)
    await copyFile(jpeg, second)
    await symlink(second, stable)
    const after = watch(stable)
    await vi.waitFor(() => expect(after.packets.length).toBeGreaterThan(2), SOON)
    after.stop.abort()
    expect(await after.ended).toBeUndefined()
  })

  it('that is not there is told together with those that are', async () => {
    const error = await watch('/dev/video987').ended
    expect(error).toMatchObject({ code: 'unplugged', message: expect.stringMatching(/^There is no camera 987; /) })
    const system = join(folder, 'system')
    for (const [node, index] of [
      ['video0', '0'],
      ['video1', '1'],
      ['video10', '0'],
      ['video2', '0'],
    ] as const) {
      await mkdir(join(system, node), { recursive: true })
      await writeFile(join(system, node, 'name'), 'HD Webcam\n')
      await writeFile(join(system, node, 'index'), `${index}\n`)
    }
    expect(await listDevices(system)).toEqual([
      '0 = /dev/video0 (HD Webcam)',
      '2 = /dev/video2 (HD Webcam)',
      '10 = /dev/video10 (HD Webcam)',
    ])
  })
})

/** The coded pictures themselves, without what describes them. */
function slicesOf(unit: Uint8Array): string[] {
  return [...splitAnnexB(unit)]
    .filter((nal) => H264_SYNTAX.kindOf(nal[0] ?? 0) === 'slice')
    .map((nal) => Buffer.from(nal).toString('hex'))
}

async function makePicture(folder: string, colour: string): Promise<string> {
  const path = join(folder, `${colour}.jpg`)
  await run('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `color=${colour}:size=320x180`, '-frames:v', '1', path])
  return path
}
