/** Why a gateway that answers lets no WebSocket through. */
export interface Obstacle {
  readonly kind: /** Our page's origin is not among those that may watch; or a login is needed. */
    | 'forbidden'
    /** Something on the way, mostly a proxy, does not let WebSockets through. */
    | 'websocket-blocked'
    /** A page of https may not load from a gateway without it. */
    | 'mixed-content'
  /** What the gateway says. */
  readonly message: string
}

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
    if (answer.status === 401 || answer.status === 403) return { kind: 'forbidden', message }
    if (answer.status === 426) return { kind: 'websocket-blocked', message }
    return undefined
  } catch {
    // It answers, but not to us: the page is of another origin, which the gateway does not trust.
    return { kind: 'forbidden', message: '' }
  }
}

const ASKING = { cache: 'no-store' } as const
const PATIENCE_MS = 3000
