import { expect, it, vi } from 'vitest'
import { MemoryEngines } from '../../test/fakes/memory-engines.ts'
import { ScriptedSource } from '../../test/fakes/scripted-source.ts'
import { cameraConfig } from '../../test/fakes/test-camera.ts'
import type { Packet, VideoCodec } from '../media/packet.ts'
import { millis } from '../media/time.ts'
import { SILENT_LOG } from '../telemetry/log.ts'
import { Camera } from './camera.ts'
import { StillWatch } from './still-watch.ts'

function packet(seconds: number, text: string, codec: VideoCodec = 'jpeg'): Packet {
  const time = millis(seconds * 1000)
  return { track: { codec }, data: Buffer.from(text), pts: time, dts: time, keyframe: true, capturedAt: time }
}

/** Whether the watch says so after each second of these pictures. */
function afterEach(pictures: readonly string[], codec?: VideoCodec): boolean[] {
  const watch = new StillWatch()
  return pictures.map((text, second) => {
    watch.look(packet(second, text, codec))
    return watch.isStill
  })
}

it('takes ten seconds of the same JPEG for a camera that hangs, and the next other one for its return', () => {
  const told = afterEach(['a', ...Array.from({ length: 11 }, () => 'b'), 'c'])
  expect(told.indexOf(true)).toBe(11)
  expect(told.at(-1)).toBe(false)
})

it('takes no coded video for still, nor JPEGs that change', () => {
  expect(
    afterEach(
      Array.from({ length: 20 }, () => 'b'),
      'h264',
    ),
  ).not.toContain(true)
  expect(afterEach(Array.from({ length: 20 }, (_, index) => String(index)))).not.toContain(true)
})

it('begins anew with another stream', () => {
  const watch = new StillWatch()
  for (const second of [0, 5, 12]) watch.look(packet(second, 'a'))
  expect(watch.isStill).toBe(true)
  watch.forget()
  watch.look(packet(13, 'a'))
  expect(watch.isStill).toBe(false)
})

it('makes a camera say so, and stay connected', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'] })
  const source = new ScriptedSource()
  source.track = { codec: 'jpeg', width: 640, height: 360 }
  source.still = Buffer.from('the same')
  const camera = new Camera(cameraConfig(), { openSource: () => source, engines: new MemoryEngines(), log: SILENT_LOG })
  camera.start()
  await vi.advanceTimersByTimeAsync(0)
  source.describe()
  for (let second = 0; second <= 10; second++) {
    source.packet(true)
    expect(camera.status()).toMatchObject({ state: 'live', condition: second < 10 ? 'ok' : 'frozen', reconnects: 0 })
    await vi.advanceTimersByTimeAsync(1000)
  }
  source.still = Buffer.from('another')
  source.packet(true)
  expect(camera.status()).toMatchObject({ state: 'live', condition: 'ok', reconnects: 0 })
  await camera.stop()
  vi.useRealTimers()
})
