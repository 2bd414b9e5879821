import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MemoryEngines } from '../../test/fakes/memory-engines.ts'
import { ScriptedSource } from '../../test/fakes/scripted-source.ts'
import { cameraConfig } from '../../test/fakes/test-camera.ts'
import { AtalayaError } from '../api/errors.ts'
import { parseCameraUrl } from '../lib/camera-url.ts'
import type { PictureTransform } from '../media/picture-transform.ts'
import { SILENT_LOG } from '../telemetry/log.ts'
import { Camera, type PictureRequest } from './camera.ts'

const MAIN = { kind: 'rtsp', url: parseCameraUrl('rtsp://10.0.0.7/1'), tls: { verify: true } } as const
const SUB = { kind: 'rtsp', url: parseCameraUrl('rtsp://10.0.0.7/2'), tls: { verify: true } } as const

let main: ScriptedSource
let sub: ScriptedSource
let camera: Camera
const turn = () => new Promise((resolve) => setImmediate(resolve))

async function create(transform?: PictureTransform): Promise<void> {
  const openSource = ({ source }: { source: unknown }) => (source === SUB ? sub : main)
  const config = cameraConfig({ source: MAIN, sub: SUB, transform })
  camera = new Camera(config, { openSource, engines: new MemoryEngines(), log: SILENT_LOG })
  camera.start()
  while (!main.isConnected || !sub.isConnected) await turn()
  for (const source of [main, sub]) {
    source.describe()
    source.packet(true)
  }
}

/** The stream that serves a request, told by the rendition's size. */
async function servedSize(request: PictureRequest): Promise<string> {
  const { width, height } = await camera.picture(request, new AbortController().signal)
  return `${width}x${height}`
}

beforeEach(() => {
  main = new ScriptedSource()
  main.track = { codec: 'h264', width: 1920, height: 1080, fps: 25 }
  sub = new ScriptedSource()
  sub.track = { codec: 'h264', width: 640, height: 352, fps: 10 }
})
afterEach(() => camera.stop())

describe('a camera with two streams', () => {
  it('serves a small picture from the sub stream and everything else from the main one', async () => {
    await create()
    expect(await servedSize({})).toBe('1920x1080')
    expect(await servedSize({ width: 640 })).toBe('640x352')
    expect(await servedSize({ height: 240 })).toBe('436x240')
    expect(await servedSize({ width: 641, height: 353 })).toBe('628x352')
    expect(await servedSize({ width: 1280 })).toBe('1280x720')
    expect(camera.status().streams.map(({ name, state, width }) => [name, state, width])).toEqual([
      ['main', 'live', 1920],
      ['sub', 'live', 640],
    ])
  })

  it('serves the stream that is named', async () => {
    await create()
    expect(await servedSize({ stream: 'sub' })).toBe('640x352')
    expect(await servedSize({ width: 320, stream: 'main' })).toBe('320x180')
  })

  it('serves small pictures from the main stream while the sub stream is down', async () => {
    await create()
    sub.fail(new AtalayaError('refused'))
    while (camera.status().streams[1]?.state !== 'offline') await turn()
    expect(camera.state).toBe('live')
    expect(await servedSize({ width: 320 })).toBe('320x180')
  })

  it('minds that a turned picture is high where the stream is wide', async () => {
    await create({ rotate: 90 })
    expect(await servedSize({ width: 352 })).toBe('352x640')
    expect(await servedSize({ width: 400, height: 700 })).toBe('394x700')
  })

  it('frees both streams when it is put on hold', async () => {
    await create()
    await camera.stop()
    expect([main.running, sub.running]).toEqual([0, 0])
  })
})
