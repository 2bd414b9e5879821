import { copyFile, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { CameraStatus } from '../../src/api/camera-status.ts'
import { ffmpeg, hasFfmpeg } from '../engine/clips.ts'
import { buildFakeV4l2 } from '../peers/fake-v4l2.ts'
import { requirePeer } from '../peers/required.ts'
import { startGatewayProcess } from './gateway-process.ts'
import { MjpegReader } from './mjpeg-reader.ts'

const SOON = { timeout: 20_000, interval: 20 }

describe.runIf(process.platform === 'linux' && hasFfmpeg && requirePeer('gcc'))('a USB camera by its stable name', () => {
  let folder: string
  let library: string
  let jpeg: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atalaya-usb-'))
    library = await buildFakeV4l2(folder)
    jpeg = join(folder, 'picture.jpg')
    const picture = ['-f', 'lavfi', '-i', 'testsrc=size=320x180', '-frames:v', '1', '-f', 'mjpeg', 'pipe:1']
    await writeFile(jpeg, await ffmpeg(picture))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it.each(['node-av', 'ffmpeg'])(
    'is shown as it is, and again on the same response when it is plugged in as another device, by %s',
    async (engine) => {
      const plug = async (number: number): Promise<string> => {
        const device = join(folder, `fake-usb-camera-mjpeg-${engine}-${number}`)
        await copyFile(jpeg, device)
        await symlink(device, stable)
        return device
      }
      const stable = join(folder, `usb-${engine}-fake-usb-camera-mjpeg-index0`)
      const device = await plug(7)
      const config = `engine: ${engine}\ncameras: { door: "v4l2:${stable}" }\n`
      await using gateway = await startGatewayProcess({ config, env: { LD_PRELOAD: library } })
      const state = async () => {
        const { state, reason } = await gateway.getJson<CameraStatus>('/api/cameras/door')
        return { state, reason }
      }
      using viewer = new MjpegReader(`${gateway.url}/camera/door`)
      await vi.waitFor(() => expect(viewer.pictures.length).toBeGreaterThan(2), SOON)
      const original = await readFile(jpeg)
      expect(viewer.pictures[0]?.data.equals(original)).toBe(true)
      await Promise.all([rm(device), rm(stable)])
      await vi.waitFor(async () => expect(await state()).toEqual({ state: 'offline', reason: 'unplugged' }), SOON)
      await plug(8)
      await vi.waitFor(async () => expect(await state()).toMatchObject({ state: 'live' }), SOON)
      await vi.waitFor(() => expect(viewer.pictures.at(-1)?.data.equals(original)).toBe(true), SOON)
      expect(viewer.isClosed).toBe(false)
    },
  )
})
