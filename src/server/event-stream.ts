import type { ServerResponse } from 'node:http'
import type { GatewayEvent } from '../api/events.ts'
import { may, type Subject } from '../auth/authorize.ts'
import { headersFor } from '../lib/http2-headers.ts'
import type { EventLog } from '../telemetry/event-log.ts'

/** Whom the events are for. */
export interface EventStreamOptions {
  /** Who follows: gets what is of cameras that they may see, and an end when they may see none any more. */
  readonly subject: Subject
  /** The id of the last event that the client has seen. */
  readonly after?: number | undefined
  /** Headers beside those of the stream itself. */
  readonly headers?: Readonly<Record<string, string | string[] | number | undefined>>
  /** How long the client may take nothing. */
  readonly stuckAfterMs?: number
}

/** The headers of server-sent events. */
export const EVENT_STREAM_HEADERS = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-store',
  'X-Accel-Buffering': 'no',
  'X-Content-Type-Options': 'nosniff',
  Connection: 'close',
} as const

/**
 * Writes server-sent events (HTML Living Standard section 9.2) until the client leaves, takes nothing for too long, or the
 * gateway closes. What a slow client has not taken yet waits in the log, where it grows for nobody.
 */
export async function streamEvents(response: ServerResponse, events: EventLog, options: EventStreamOptions): Promise<void> {
  const { subject, after, headers, stuckAfterMs = STUCK_AFTER_MS } = options
  const departure = new AbortController()
  response.once('close', () => departure.abort())
  response.writeHead(200, headersFor(response, { ...headers, ...EVENT_STREAM_HEADERS }))
  response.write(`retry: ${RETRY_MS}\n\n`)
  const ping = setInterval(() => !response.writableNeedDrain && response.write(': ping\n\n'), PING_EVERY_MS)
  const rights = setInterval(() => !may(subject, 'view') && departure.abort(), RIGHTS_EVERY_MS)
  try {
    for await (const everything of events.follow(departure.signal, after)) {
      const event = seenBy(subject, everything)
      if (!event) continue
      if (response.write(formatEvent(event))) continue
      if (await isDrained(response, stuckAfterMs)) continue
      response.destroy()
      return
    }
    response.end()
  } finally {
    clearInterval(ping)
    clearInterval(rights)
  }
}

/** What of an event is for this subject. Others see only that a number is missing. */
function seenBy(subject: Subject, event: GatewayEvent): GatewayEvent | undefined {
  if (event.type === 'hello') return { ...event, cameras: event.cameras.filter(({ id }) => may(subject, 'view', id)) }
  if (event.type === 'config.refused' && !may(subject, 'admin')) return undefined
  if (event.type === 'config.reloaded') {
    const { added, changed, removed, reconnected } = event
    const seen = (cameras: readonly string[]) => cameras.filter((id) => may(subject, 'view', id))
    return { ...event, added: seen(added), changed: seen(changed), removed: seen(removed), reconnected: seen(reconnected) }
  }
  if ('camera' in event && !may(subject, 'view', event.camera)) return undefined
  return event
}

function formatEvent({ id, type, ...data }: GatewayEvent): string {
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`
}

function isDrained(response: ServerResponse, withinMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (isDrained: boolean) => {
      clearTimeout(timer)
      response.off('drain', drained).off('close', gone)
      resolve(isDrained)
    }
    const drained = () => settle(true)
    const gone = () => settle(false)
    const timer = setTimeout(gone, withinMs)
    response.once('drain', drained).once('close', gone)
  })
}

/** A right that was taken back ends the stream within this time. */
const RIGHTS_EVERY_MS = 1000
const PING_EVERY_MS = 15_000
/** A client that takes nothing for so long is closed. */
const STUCK_AFTER_MS = 10_000
/** How long a browser waits before it comes back. */
const RETRY_MS = 2000
