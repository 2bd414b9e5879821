import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { h264Clip, hasFfmpeg, movingClip, packetOf } from '../../test/engine/clips.ts'
import { ENGINE_KINDS, soon, type TestedEngines } from '../../test/engine/engine-kinds.ts'
import { type WatchedDecoder, watchDecoder } from '../../test/engine/watched-decoder.ts'
import { micros, now } from '../media/time.ts'

describe.skipIf(!hasFfmpeg).each(ENGINE_KINDS)('what the pictures of a camera show, by $engine', ({ open }) => {
  let pool: TestedEngines
  beforeAll(() => {
    pool = open()
  })
  afterAll(() => pool[Symbol.asyncDispose]())

  const still = (colour: string) =>
    h264Clip({ input: ['-f', 'lavfi', '-i', `color=${colour}:size=320x180:rate=25:duration=0.6`] })

  /** A picture a second, by the clock of the camera. */
  const play = ({ decoder }: WatchedDecoder, clip: readonly Buffer[]) => {
    const began = now()
    clip.forEach((unit, second) => {
      decoder.push({ ...packetOf(unit, second), capturedAt: micros(began + second * 1_000_000) }, second, false)
    })
  }

  it('is told when it is black, and when it is no longer', async () => {
    const watched = await watchDecoder(pool, {})
    const [dark, bright] = [await still('black'), await movingClip('320x180', 0.4)]
    play(watched, dark.slice(0, 6))
    await soon(() => expect(watched.conditions).toEqual(['black']))
    const began = now() + 6_000_000
    bright.forEach((unit, i) => {
      watched.decoder.push({ ...packetOf(unit, 6 + i), capturedAt: micros(began + i * 1_000_000) }, 6 + i, false)
    })
    await soon(() => expect(watched.conditions).toEqual(['black', 'ok']))
    watched.decoder.close()
  })

  it('is told when it no longer moves for ten seconds', async () => {
    const watched = await watchDecoder(pool, {})
    play(watched, (await still('gray')).slice(0, 13))
    await soon(() => expect(watched.conditions).toEqual(['frozen']))
    watched.decoder.close()
  })

  it('is well while it moves', async () => {
    const watched = await watchDecoder(pool, { 1: { width: 320, height: 180, quality: 80 } })
    play(watched, await movingClip('320x180', 0.8))
    await soon(() => expect(watched.pictures.length).toBeGreaterThanOrEqual(20))
    expect(watched.conditions).toEqual([])
    watched.decoder.close()
  })
})
