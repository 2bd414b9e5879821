import { lookup } from 'node:dns/promises'
import { connect } from 'node:net'
import { DestinationError, guardedConnect } from '../../lib/destinations.ts'
import type { Place } from './obstacle.ts'

/** How far the way to a host and port leads, in milliseconds per step; what is absent was not reached. */
export interface Reach {
  readonly nameMs?: number
  readonly connectMs?: number
  /** What is in the way. */
  readonly obstacle?: 'unknown_name' | 'port_closed' | 'silent_host'
}

/**
 * Looks the name up and opens a TCP connection, which is closed at once; what is in the way is reported.
 * @throws {DestinationError}
 */
export async function reachHost(place: Pick<Place, 'url' | 'port'>, signal: AbortSignal): Promise<Reach> {
  const began = performance.now()
  try {
    await lookup(place.url.host)
  } catch {
    return { obstacle: 'unknown_name' } // whatever the resolver says, nobody knows the way
  }
  const nameMs = performance.now() - began
  const found = await tryConnection(place, signal)
  return typeof found === 'string' ? { nameMs, obstacle: found } : { nameMs, connectMs: found.ms }
}

function tryConnection(
  { url, port }: Pick<Place, 'url' | 'port'>,
  signal: AbortSignal,
): Promise<{ ms: number } | 'port_closed' | 'silent_host'> {
  return new Promise((resolve, reject) => {
    const began = performance.now()
    const socket = connect({ host: url.host, port, timeout: CONNECT_MS, ...guardedConnect(url, port) })
    const end = (result: { ms: number } | 'port_closed' | 'silent_host') => {
      signal.removeEventListener('abort', interrupt)
      socket.destroy()
      resolve(result)
    }
    const interrupt = () => end('silent_host')
    signal.addEventListener('abort', interrupt, { once: true })
    socket
      .on('error', (error: NodeJS.ErrnoException) => {
        if (error instanceof DestinationError) reject(error)
        end(error.code === 'ECONNREFUSED' ? 'port_closed' : 'silent_host')
      })
      .once('timeout', interrupt)
      .once('connect', () => end({ ms: performance.now() - began }))
  })
}

/** Whether a web server is what answers at this port: a frequent mistake, for cameras have both. */
export function isWebServer({ url, port }: Pick<Place, 'url' | 'port'>): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: url.host, port, timeout: ANSWER_MS, ...guardedConnect(url, port) })
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket
      .once('connect', () => socket.write('GET / HTTP/1.0\r\n\r\n'))
      .once('data', (chunk) => end(chunk.toString('latin1').startsWith('HTTP/')))
      .on('error', () => end(false))
      .once('timeout', () => end(false))
      .once('close', () => end(false))
  })
}

const CONNECT_MS = 5000
const ANSWER_MS = 2000
