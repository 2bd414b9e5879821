/** Why a gateway that answers lets no WebSocket through. */
export interface Obstacle {
  readonly kind: ObstacleKind
  /** What the gateway says. */
  readonly message: string
}

/**
 * - `forbidden-origin`: our page's origin is not among those that may watch
 * - `login-required`: nobody is logged in, or not any more
 * - `unreadable`: it does not let us read why, most likely because of our page's origin
 * - `websocket-blocked`: something on the way, mostly a proxy, does not let WebSockets through
 * - `mixed-content`: a page of https may not load from a gateway without it
 */
export type ObstacleKind = 'forbidden-origin' | 'login-required' | 'unreadable' | 'websocket-blocked' | 'mixed-content'

/** Whether something answers at the gateway's address; what it says cannot be read from every page. */
export async function isAnswering(base: URL): Promise<boolean> {
  try {
    const answer = await fetch(new URL('livez', base), { ...ASKING, mode: 'no-cors', signal: AbortSignal.timeout(PATIENCE_MS) })
    return answer.ok || answer.type === 'opaque'
  } catch {
    return false
  }
}

/** Asks the wall's address without a WebSocket; undefined where another try is worth it. */
export async function findObstacle(base: URL): Promise<Obstacle | undefined> {
  try {
    const answer = await fetch(new URL('api/wall', base), { ...ASKING, signal: AbortSignal.timeout(PATIENCE_MS) })
    const message = await answer.json().then(
      ({ error }: { error?: { message?: string } }) => error?.message ?? '',
      () => '',
    )
    if (answer.status === 401) return { kind: 'login-required', message }
    if (answer.status === 403) return { kind: 'forbidden-origin', message }
    if (answer.status === 426) return { kind: 'websocket-blocked', message }
    return undefined
  } catch {
    return { kind: 'unreadable', message: '' }
  }
}

const ASKING = { cache: 'no-store' } as const
const PATIENCE_MS = 3000
