import type { CameraStatus } from '../../src/api/camera-status.ts'
import { type CameraView, LOADING } from './camera-view.ts'

/**
 * The view of a camera by what the gateway says of it. A camera that is tried again and again stays offline since the first
 * failure, until it is live.
 * @param hasPicture one is on the screen
 */
export function describeStatus(status: CameraStatus, before: CameraView, hasPicture: boolean): CameraView {
  const { name, state, reason, since, lastError } = status
  if (state === 'live' && hasPicture) return { ...LOADING, state: 'live', name }
  if (state === 'stopped' && reason === 'on-hold') return { ...LOADING, state: 'stopped', since, name }
  const isAway = before.state === 'offline' && before.since !== null
  if (state === 'offline') {
    return {
      state: 'offline',
      reason: reason === 'on-hold' || reason === 'on-demand' ? null : reason,
      since: isAway && before.reason !== 'gateway-unreachable' ? before.since : since,
      message: lastError,
      name,
    }
  }
  if (state === 'connecting' && isAway && before.reason !== 'gateway-unreachable') return { ...before, name }
  return { ...LOADING, name }
}
