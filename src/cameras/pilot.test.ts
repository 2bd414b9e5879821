import { expect, it, vi } from 'vitest'
import { startFakeOnvifCamera } from '../../test/fake-onvif/fake-onvif-camera.ts'
import { cameraConfig } from '../../test/fakes/test-camera.ts'
import type { CameraConfig } from '../config/config.ts'
import { parseCameraUrl } from '../lib/camera-url.ts'
import { SILENT_LOG } from '../telemetry/log.ts'
import { Pilot } from './pilot.ts'

const motorAt = (protocol: 'dahua' | 'onvif', port: number, password = 'canary7pass'): CameraConfig =>
  cameraConfig({ control: { protocol, url: parseCameraUrl(`http://admin:${password}@127.0.0.1:${port}`), channel: 1 } })
const movesOf = (calls: readonly string[]) => calls.filter((call) => !/^Get(Cap|Serv|Prof)/.test(call))

it('moves an Amcrest by its CGI, and stops it in time though nobody says so', async () => {
  await using fake = await startFakeOnvifCamera()
  await using pilot = new Pilot(SILENT_LOG)
  const camera = motorAt('dahua', fake.port)
  await pilot.carryOut(camera, { action: 'move', tilt: 0.1, ms: 50 })
  await vi.waitFor(() => expect(fake.calls).toHaveLength(2))
  await pilot.carryOut(camera, { action: 'move', pan: -1, tilt: 0.5, zoom: 1, ms: 10_000 })
  await pilot.carryOut(camera, { action: 'home' })
  const at = (action: string, code: string, one: number, two: number) =>
    `action=${action}&channel=1&code=${code}&arg1=${one}&arg2=${two}&arg3=0`
  expect(fake.calls).toEqual([
    at('start', 'Up', 0, 1),
    at('stop', 'Up', 0, 0),
    at('start', 'LeftUp', 4, 8),
    at('start', 'ZoomTele', 0, 8),
    at('stop', 'LeftUp', 0, 0),
    at('stop', 'ZoomTele', 0, 0),
    at('start', 'GotoPreset', 0, 1),
  ])
  expect(await pilot.presets(camera)).toEqual([{ id: '1', name: 'Door' }])
})

it('moves any other camera by ONVIF, also one whose clock is years off', async () => {
  await using fake = await startFakeOnvifCamera({ clockOffsetMs: -1e11 })
  const pilot = new Pilot(SILENT_LOG)
  const camera = motorAt('onvif', fake.port)
  await pilot.carryOut(camera, { action: 'move', pan: 0.5, ms: 50 })
  await vi.waitFor(() => expect(movesOf(fake.calls)).toEqual(['ContinuousMovePT0.05S', 'Stop']))
  await pilot.carryOut(camera, { action: 'preset', preset: '2' })
  await pilot.carryOut(camera, { action: 'move', pan: 0.5, ms: 9000 })
  await pilot[Symbol.asyncDispose]()
  expect(movesOf(fake.calls).slice(2)).toEqual(['GotoPreset2', 'ContinuousMovePT9S', 'Stop'])
  expect(await pilot.presets(camera)).toEqual([
    { id: '1', name: 'Door & yard' },
    { id: '2', name: '2' },
  ])
})

it('says by name why a camera does not move, and never its password', async () => {
  await using fake = await startFakeOnvifCamera({ hasMotor: false })
  await using pilot = new Pilot(SILENT_LOG)
  const tell = (camera: CameraConfig) => pilot.carryOut(camera, { action: 'home' }).catch((error: unknown) => error)
  expect(await tell(cameraConfig())).toMatchObject({ code: 'no_ptz' })
  expect(await tell(motorAt('onvif', fake.port))).toMatchObject({ code: 'no_ptz' })
  for (const protocol of ['dahua', 'onvif'] as const) {
    const error = await tell(motorAt(protocol, fake.port, 'wrong9pass'))
    expect(error).toMatchObject({ code: 'auth_failed' })
    expect(String(error)).not.toContain('wrong9pass')
  }
  expect(await tell(motorAt('dahua', 1))).toMatchObject({ code: 'refused' })
})
