import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Descriptors } from './descriptors.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => vi.useRealTimers())

const LIMIT = 100

/** Of a process that has so many, and keeps 20 for what matters more. */
function descriptors(count: () => number, limit: () => number | undefined = () => LIMIT): Descriptors {
  return new Descriptors({ limit, count, reserve: () => 20 })
}

it('takes as many of a crowd as there is room for, however many of them are refused', () => {
  const few = descriptors(() => 50)
  let connected = 0
  while (!few.isUsedUp && connected < 200) {
    few.opened()
    connected++
  }
  expect(connected).toBe(41)
  let admitted = 0
  for (let asked = 0; asked < connected; asked++) {
    if (few.isNearlyUsedUp) continue
    few.admitted()
    admitted++
  }
  expect(admitted).toBe(31)
})

it('counts again after a moment, and takes nobody until there is more room than when it stopped', () => {
  let open = 85
  const few = descriptors(() => open)
  const free = () => {
    vi.advanceTimersByTime(200)
    return !few.isNearlyUsedUp
  }
  expect(free()).toBe(false)
  open = 75
  expect(free()).toBe(false)
  open = 69
  expect(free()).toBe(true)
  open = 79
  expect(free()).toBe(true)
})

it('follows a limit that is changed, and refuses nothing where none is known', () => {
  let limit: number | undefined = 1000
  const few = descriptors(
    () => 90,
    () => limit,
  )
  expect(few.isNearlyUsedUp).toBe(false)
  limit = LIMIT
  vi.advanceTimersByTime(200)
  expect([few.isNearlyUsedUp, few.isUsedUp]).toEqual([true, false])
  limit = undefined
  vi.advanceTimersByTime(200)
  expect([few.isNearlyUsedUp, few.isUsedUp]).toEqual([false, false])
})
