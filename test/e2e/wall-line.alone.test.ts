import { describe, expect, it, vi } from 'vitest'
import { startGatewayProcess } from './gateway-process.ts'
import { PageOnALine } from './page-on-a-line.ts'

/** 1 Mbit/s, less than half of what two cameras have. */
const SLOW = 125_000
const FAST = 1e9
const FULL = ['640x360 q80', '320x180 q80']

describe('a wall over a line that becomes slow and recovers', () => {
  it('gives young pictures of fewer bytes meanwhile, and then what it gave before', { timeout: 90_000 }, async () => {
    await using gateway = await startGatewayProcess({ config: 'cameras: { hall: "test:clock", door: "test:clock" }\n' })
    using page = await PageOnALine.open(gateway.url)
    page.watch({ tile: 1, camera: 'hall', quality: 'auto' })
    page.watch({ tile: 2, camera: 'door', quality: 'auto', width: 320 })
    await vi.waitFor(() => expect(page.renditions).toEqual(FULL), { timeout: 20_000 })
    const before = await watch(page, 2000)
    expect(page.renditions).toEqual(FULL)

    page.bytesPerSecond = SLOW
    await vi.waitFor(() => expect(page.renditions[0]).toMatch(/q(60|45|30)$/), { timeout: 20_000 })
    await watch(page, 1000)
    const slow = await watch(page, 3000)
    expect(slow.bytesPerSecond).toBeLessThan(0.9 * SLOW)
    expect(slow.size).toBeLessThan(0.85 * before.size)
    expect(slow.age).toBeLessThan(1000)
    expect(slow.tiles).toEqual([1, 2])

    page.bytesPerSecond = FAST
    await vi.waitFor(() => expect(page.renditions).toEqual(FULL), { timeout: 40_000 })
    const after = await watch(page, 2000)
    expect(after.size).toBeGreaterThan(0.9 * before.size)
  })
})

/** What comes in the meantime: the typical size of the pictures of the first tile, and how old all but the very oldest are. */
async function watch(page: PageOnALine, ms: number) {
  page.arrived = []
  await new Promise((resolve) => setTimeout(resolve, ms))
  const { arrived } = page
  const first = arrived.filter(({ tile }) => tile === 1)
  return {
    bytesPerSecond: (arrived.reduce((sum, { bytes }) => sum + bytes, 0) * 1000) / ms,
    size: quantile(
      first.map(({ bytes }) => bytes),
      0.5,
    ),
    age: quantile(
      arrived.map(({ age }) => age),
      0.95,
    ),
    tiles: [...new Set(arrived.map(({ tile }) => tile))].sort(),
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN
}
