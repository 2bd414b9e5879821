import { describe, expect, it } from 'vitest'
import type { CameraStatus } from '../../src/api/camera-status.ts'
import { LOADING } from './camera-view.ts'
import { describeStatus } from './describe-status.ts'

const status = (change: Partial<CameraStatus>) =>
  ({ name: 'Door', state: 'live', reason: null, since: '2026-11-21T03:00:00.000Z', lastError: null, ...change }) as CameraStatus

describe('the view of a camera', () => {
  it('is live with its first picture, not before', () => {
    expect(describeStatus(status({}), LOADING, false).state).toBe('loading')
    expect(describeStatus(status({}), LOADING, true)).toMatchObject({ state: 'live', name: 'Door' })
  })

  it('is on hold where somebody wanted that, and loading where nobody looked until now', () => {
    expect(describeStatus(status({ state: 'stopped', reason: 'on-hold' }), LOADING, false).state).toBe('stopped')
    expect(describeStatus(status({ state: 'stopped', reason: 'on-demand' }), LOADING, false).state).toBe('loading')
  })

  it('is offline since the first failure, however often it is tried again', () => {
    const offline = status({ state: 'offline', reason: 'unreachable', lastError: 'No answer.' })
    const first = describeStatus(offline, LOADING, false)
    expect(first).toMatchObject({
      state: 'offline',
      reason: 'unreachable',
      since: '2026-11-21T03:00:00.000Z',
      message: 'No answer.',
    })
    const trying = describeStatus(status({ state: 'connecting', since: '2026-11-21T03:01:00.000Z' }), first, false)
    expect(trying).toEqual(first)
    const again = describeStatus({ ...offline, reason: 'refused', since: '2026-11-21T03:01:05.000Z' }, trying, false)
    expect(again).toMatchObject({ reason: 'refused', since: '2026-11-21T03:00:00.000Z' })
    expect(describeStatus(status({}), again, true).since).toBeNull()
  })

  it('does not take an absent gateway for an absent camera', () => {
    const lost = { ...LOADING, state: 'offline', reason: 'gateway-unreachable', since: '2026-11-21T02:00:00.000Z' } as const
    expect(describeStatus(status({ state: 'connecting' }), lost, false).state).toBe('loading')
  })
})
