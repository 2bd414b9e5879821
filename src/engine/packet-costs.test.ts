import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasFfmpeg, movingClip } from '../../test/engine/clips.ts'
import { soon } from '../../test/engine/engine-kinds.ts'
import { watchDecoder } from '../../test/engine/watched-decoder.ts'
import { SILENT_LOG } from '../telemetry/log.ts'
import { EnginePool } from './engine-pool.ts'

const FULL = { width: 640, height: 360, quality: 80 }

describe.skipIf(!hasFfmpeg)('what packets cost', () => {
  let pool: EnginePool
  let clip: Buffer[]
  beforeAll(async () => {
    pool = new EnginePool(SILENT_LOG)
    pool.start()
    clip = await movingClip('640x360', 2)
  })
  afterAll(() => pool[Symbol.asyncDispose]())

  it('is no scaling and no coding where no rendition takes the picture: five a second cost five', async () => {
    const renditions = { 1: { ...FULL, fps: 5 }, 2: { ...FULL, fps: 5, quality: 50 } }
    const { decoder, costs, pushTimely } = await watchDecoder(pool, renditions)
    pushTimely(clip)
    await soon(() => expect(costs).toHaveLength(clip.length))
    const made = costs.filter(({ jpegs }) => jpegs > 0)
    expect(made).toHaveLength(clip.length * (5 / 25))
    expect(made.map(({ jpegs }) => jpegs)).toEqual(made.map(() => 2))
    const others = costs.filter(({ jpegs }) => jpegs === 0)
    expect(typical(others.map(({ making }) => making))).toBeLessThan(typical(made.map(({ making }) => making)) / 10)
    expect(typical(others.map(({ decoding }) => decoding))).toBeGreaterThan(0)
    decoder.close()
  })

  it('is one coding for renditions that differ in their rate only', async () => {
    const renditions = { 1: FULL, 2: { ...FULL, fps: 5 }, 3: { ...FULL, fps: 10 } }
    const { decoder, pictures, costs, pushTimely } = await watchDecoder(pool, renditions)
    pushTimely(clip)
    await soon(() => expect(costs).toHaveLength(clip.length))
    expect(pictures).toHaveLength(clip.length * (1 + 5 / 25 + 10 / 25))
    expect(costs.reduce((sum, { jpegs }) => sum + jpegs, 0)).toBe(clip.length)
    decoder.close()
  })
})

/** The middle value: a busy machine makes single ones large. */
function typical(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}
