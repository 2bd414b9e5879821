import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { JpegDecoder, type Luma } from '../../test/e2e/jpeg-pixels.ts'
import { hasFfmpeg } from '../../test/engine/clips.ts'
import { ENGINE_KINDS, type TestedEngines } from '../../test/engine/engine-kinds.ts'
import type { Engines } from './engine.ts'

describe.skipIf(!hasFfmpeg).each(ENGINE_KINDS)('a notice, by $engine', ({ open }) => {
  const decoder = new JpegDecoder()
  const base = { width: 640, height: 360, quality: 90 }
  let pool: TestedEngines
  beforeAll(() => {
    pool = open()
  })
  afterAll(() => pool[Symbol.asyncDispose]())

  const draw = async (notice: Parameters<Engines['drawNotice']>[0]) => decoder.decode(await pool.drawNotice(notice))

  it('stands in bright letters on a dark ground', async () => {
    const blank = brightest(await draw({ ...base, lines: [] }))
    const luma = await draw({ ...base, lines: ['Door', 'No signal since 12:03:20'] })
    expect([luma.width, luma.height]).toEqual([640, 360])
    expect(blank).toBeLessThan(60)
    expect(brightest(luma)).toBeGreaterThan(220)
  })

  it('stands on the last picture, dimmed and brought to size', async () => {
    const white = await pool.drawNotice({ ...base, lines: ['█'.repeat(40)], quality: 100 })
    const bright = brightest(decoder.decode(white))
    const luma = await draw({ width: 320, height: 180, quality: 90, lines: [], ground: white })
    expect([luma.width, luma.height]).toEqual([320, 180])
    expect(brightest(luma)).toBeLessThan(bright / 2)
    expect(brightest(luma)).toBeGreaterThan(60)
  })

  it('has letters of its own for what Spanish puts on its letters', async () => {
    const { height, stride, data } = await draw({ ...base, lines: ['nanana'] })
    const plain = Buffer.from(data)
    /** The lines of the picture in which these letters differ from those without marks. */
    const differing = async (text: string) => {
      const marked = (await draw({ ...base, lines: [text] })).data
      const rows = Array.from({ length: height }, (_, y) => y)
      return rows.filter((y) => differs(plain, marked, y * stride))
    }
    const bottom = Math.max(...(await differing('')))
    const [tildes, acutes] = [await differing('ñañaña'), await differing('nánáná')]
    for (const rows of [tildes, acutes]) {
      expect(rows.length).toBeGreaterThan(3)
      expect(Math.max(...rows)).toBeLessThan(bottom - 8)
    }
    expect(tildes).not.toEqual(acutes)
  })

  it('takes the text as it is, whatever it holds', async () => {
    const odd = `it's %{n} \\ : [a], 'x';\u0007\n${'long '.repeat(100)}`
    const { width } = await draw({ ...base, lines: [odd, 'Señal, cámara'] })
    expect(width).toBe(640)
  })

  it('does without a last picture that is none', async () => {
    const luma = await draw({ ...base, lines: ['Door'], ground: Buffer.from('<html>') })
    expect(brightest(luma)).toBeGreaterThan(220)
  })

  it('leaves the engine to others when it is drawn', async () => {
    await Promise.all(Array.from({ length: 8 }, () => pool.drawNotice({ ...base, lines: ['Door'] })))
    expect(pool.pids.length).toBeLessThan(4)
  })
})

/** What the coding to JPEG makes of the same letters is the same but for a few shades. */
function differs(one: Buffer, other: Buffer, start: number): boolean {
  for (let at = start; at < start + 640; at++) if (Math.abs((one[at] ?? 0) - (other[at] ?? 0)) > 60) return true
  return false
}

function brightest({ data, width, height, stride }: Luma): number {
  let most = 0
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) most = Math.max(most, data[y * stride + x] ?? 0)
  return most
}
