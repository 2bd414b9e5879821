import type { CameraStatus } from '../../src/api/camera-status.ts'

/** What is known of a camera without a WebSocket. */
export type PolledStatus =
  | { readonly kind: 'status'; readonly status: CameraStatus }
  /** The gateway answers, and this page may not read what it says. */
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'missing'; readonly message: string }
  | { readonly kind: 'forbidden-origin' | 'login-required'; readonly message: string }
  | { readonly kind: 'unreachable' }

/** Asks for the state of a camera, without touching it. */
export async function pollStatus(gateway: URL, camera: string, signal: AbortSignal): Promise<PolledStatus> {
  try {
    const answer = await fetch(new URL(`api/cameras/${encodeURIComponent(camera)}`, gateway), { cache: 'no-store', signal })
    const body = await answer.json()
    if (answer.ok) return { kind: 'status', status: body }
    const message: string = body.error?.message ?? ''
    if (answer.status === 404) return { kind: 'missing', message }
    if (answer.status === 401) return { kind: 'login-required', message }
    return answer.status === 403 ? { kind: 'forbidden-origin', message } : { kind: 'unreachable' }
  } catch {
    return (await isThere(gateway, signal)) ? { kind: 'unreadable' } : { kind: 'unreachable' }
  }
}

async function isThere(gateway: URL, signal: AbortSignal): Promise<boolean> {
  try {
    await fetch(new URL('livez', gateway), { mode: 'no-cors', cache: 'no-store', signal })
    return true
  } catch {
    return false
  }
}
