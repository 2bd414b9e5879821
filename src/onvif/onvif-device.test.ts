import { expect, it } from 'vitest'
import { startFakeOnvifCamera } from '../../test/fake-onvif/fake-onvif-camera.ts'
import { parseCameraUrl } from '../lib/camera-url.ts'
import { chooseProfile } from './choose-profile.ts'
import { OnvifDevice } from './onvif-device.ts'

const open = (port: number) => new OnvifDevice(parseCameraUrl(`onvif://admin:canary7pass@127.0.0.1:${port}`))

it('a camera with the second media service tells of its H.265 profiles, and where their streams are', async () => {
  await using camera = await startFakeOnvifCamera({ media2: 'works' })
  const device = open(camera.port)
  const profiles = await device.profiles()
  expect(profiles).toEqual([
    { token: 'huge', source: 'eye', encoding: 'H265', width: 3840, height: 2160, canMove: true },
    { token: 'small', source: 'eye', encoding: 'H264', width: 640, height: 360, canMove: true },
  ])
  const url = await device.streamUrl(chooseProfile(profiles, 'main', 1))
  expect([url.host, url.path]).toEqual(['127.0.0.1', '/huge'])
  expect((await device.snapshotUrl(chooseProfile(profiles, 'sub', 1))).path).toBe('/snap.jpg')
})

it.each(['refuses', undefined] as const)(
  'a camera whose second media service is not there is asked by the first: %s',
  async (media2) => {
    await using camera = await startFakeOnvifCamera(media2 ? { media2 } : {})
    const device = open(camera.port)
    const profiles = await device.profiles()
    expect(profiles.map(({ token }) => token)).toEqual(['big', 'small', 'photo'])
    expect((await device.streamUrl(chooseProfile(profiles, 'main', 1))).path).toBe('/big')
  },
)
