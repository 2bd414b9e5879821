import type { Log } from '../telemetry/log.ts'
import type { RtspDialogue } from './rtsp-dialogue.ts'
import type { RtspTiming } from './rtsp-timing.ts'

/** The session that is to be kept alive. */
export interface LivingSession {
  readonly dialogue: RtspDialogue
  readonly uri: string
  readonly sessionHeader: Readonly<Record<string, string>>
  /** The methods that the camera says it understands. */
  readonly methods: ReadonlySet<string>
  /** As the camera states it; undefined where it does not. */
  readonly timeoutMs: number | undefined
}

/**
 * Gives the camera a sign of life before its session would end, until the returned function is called. A camera that turns
 * one method down is asked by the next from then on; no answer, and no refusal, ends the session: video alone shows life.
 */
export function startKeepalive(session: LivingSession, timing: RtspTiming, log: Log): () => void {
  const timeoutMs = session.timeoutMs ?? timing.sessionMs
  const intervalMs = Math.max(timeoutMs - timing.keepaliveMarginMs, timeoutMs / 2)
  let method: KeepaliveMethod = session.methods.has('GET_PARAMETER') ? 'GET_PARAMETER' : 'OPTIONS'
  let asking = false
  const ask = async () => {
    asking = true
    try {
      const { status } = await session.dialogue.ask(method, session.uri, session.sessionHeader)
      if (status < 400) return
      log.debug({ method, status }, 'the camera turns this keepalive down; trying another method')
      method = METHODS[(METHODS.indexOf(method) + 1) % METHODS.length] ?? 'OPTIONS'
    } catch (error) {
      log.debug({ method, err: error }, 'no answer to the keepalive')
    } finally {
      asking = false
    }
  }
  const timer = setInterval(() => {
    if (!asking) void ask()
  }, intervalMs)
  return () => clearInterval(timer)
}

type KeepaliveMethod = (typeof METHODS)[number]

/** An empty SET_PARAMETER sets nothing. */
const METHODS = ['GET_PARAMETER', 'OPTIONS', 'SET_PARAMETER'] as const
