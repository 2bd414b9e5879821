import { describe, expect, it } from 'vitest'
import type { OfflineReason } from '../api/camera-state.ts'
import { type Micros, millis } from '../media/time.ts'
import { RetryPlan } from './retry-plan.ts'

/** Runs an outage in which every try fails at once, and tells the waits in seconds. */
function waits(plan: RetryPlan, reason: OfflineReason, tries: number): number[] {
  let at = millis(1_000_000)
  return Array.from({ length: tries }, () => {
    const delay = plan.delayAfter(reason, at)
    at = (at + delay) as Micros
    return delay / 1_000_000
  })
}
const unjittered = () => 0

describe('the plan of retries', () => {
  it('tries a camera whose host answers every second for a minute, then slows down to 30 s', () => {
    const seconds = waits(new RetryPlan(unjittered), 'refused', 68)
    expect(seconds.slice(0, 60)).toEqual(Array(60).fill(1))
    expect(seconds.slice(60)).toEqual([2, 4, 8, 15, 30, 30, 30, 30])
  })

  it('tries a silent camera after 1, 1, 2, 4, 8, 15 and 30 s', () => {
    expect(waits(new RetryPlan(unjittered), 'unreachable', 9)).toEqual([1, 1, 2, 4, 8, 15, 30, 30, 30])
  })

  it('does not start engines in a loop where none can run', () => {
    expect(waits(new RetryPlan(unjittered), 'engine-unavailable', 8)).toEqual([1, 1, 2, 4, 8, 15, 30, 30])
  })

  it('shows a wrong password at most three times in the first minute, then once in five minutes', () => {
    const seconds = waits(new RetryPlan(), 'auth-failed', 4)
    const tries = seconds.map((_, index) => seconds.slice(0, index).reduce((sum, wait) => sum + wait, 0))
    expect(tries.filter((at) => at <= 60)).toHaveLength(3)
    expect(seconds.slice(2)).toEqual([300, 300])
  })

  it('leaves a stream that crashes the decoder alone for as long as it is set aside', () => {
    expect(waits(new RetryPlan(), 'quarantined', 3)).toEqual([300, 300, 300])
  })

  it('leaves a full camera 15 s at a time for a good minute, then 30, then a minute', () => {
    expect(waits(new RetryPlan(unjittered), 'busy', 8)).toEqual([15, 15, 15, 15, 15, 30, 60, 60])
  })

  it('takes a refused login for a full camera once the login has worked', () => {
    const plan = new RetryPlan()
    expect(plan.interpret('auth-failed')).toBe('auth-failed')
    plan.loggedIn()
    expect(plan.interpret('auth-failed')).toBe('busy')
  })

  it('starts anew after the camera has recovered', () => {
    const plan = new RetryPlan(unjittered)
    waits(plan, 'unreachable', 7)
    plan.recovered()
    expect(waits(plan, 'unreachable', 2)).toEqual([1, 1])
  })

  it('spreads the tries of a fleet by up to a fifth, never later', () => {
    const [latest] = waits(new RetryPlan(() => 0), 'refused', 1)
    const [earliest] = waits(new RetryPlan(() => 0.999_999), 'refused', 1)
    expect(latest).toBe(1)
    expect(earliest).toBeCloseTo(0.8, 3)
  })
})
