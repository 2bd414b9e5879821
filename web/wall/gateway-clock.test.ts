import { expect, it } from 'vitest'
import { GatewayClock } from './gateway-clock.ts'

const here = () => performance.timeOrigin + performance.now()

it('the age of a picture is told by the clock of the gateway, however wrong it is', () => {
  const clock = new GatewayClock()
  const ahead = 3_600_000
  const at = performance.now()
  clock.compare({ at, now: performance.timeOrigin + at + 5 + ahead }, at + 10)
  expect(clock.ageOf(here() + ahead - 250)).toBeGreaterThan(200)
  expect(clock.ageOf(here() + ahead - 250)).toBeLessThan(400)
  // An answer that was long on its way says less.
  clock.compare({ at, now: performance.timeOrigin + at + ahead - 2000 }, at + 4000)
  expect(clock.ageOf(here() + ahead - 250)).toBeLessThan(400)
})

it('a picture is never younger than new', () => {
  expect(new GatewayClock().ageOf(here() + 5000)).toBe(0)
})
