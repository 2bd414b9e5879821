import { lookup } from 'node:dns/promises'
import { connect } from 'node:net'

/** How far the way to a host and port leads, in milliseconds per step; what is absent was not reached. */
export interface Reach {
  readonly nameMs?: number
  readonly connectMs?: number
  /** What is in the way. */
  readonly obstacle?: 'unknown_name' | 'port_closed' | 'silent_host'
}

/** Looks the name up and opens a TCP connection, which is closed at once. Never rejects: that is what it reports. */
export async function reachHost(host: string, port: number, signal: AbortSignal): Promise<Reach> {
  const began = performance.now()
  try {
    await lookup(host)
  } catch {
    return { obstacle: 'unknown_name' } // whatever the resolver says, nobody knows the way
  }
  const nameMs = performance.now() - began
  const found = await tryConnection(host, port, signal)
  return typeof found === 'string' ? { nameMs, obstacle: found } : { nameMs, connectMs: found.ms }
}

function tryConnection(host: string, port: number, signal: AbortSignal): Promise<{ ms: number } | 'port_closed' | 'silent_host'> {
  return new Promise((resolve) => {
    const began = performance.now()
    const socket = connect({ host, port, timeout: CONNECT_MS })
    const end = (result: { ms: number } | 'port_closed' | 'silent_host') => {
      signal.removeEventListener('abort', interrupt)
      socket.destroy()
      resolve(result)
    }
    const interrupt = () => end('silent_host')
    signal.addEventListener('abort', interrupt, { once: true })
    socket
      .on('error', (error: NodeJS.ErrnoException) => end(error.code === 'ECONNREFUSED' ? 'port_closed' : 'silent_host'))
      .once('timeout', interrupt)
      .once('connect', () => end({ ms: performance.now() - began }))
  })
}

/** Whether a web server is what answers at this port: a frequent mistake, for cameras have both. */
export function isWebServer(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: ANSWER_MS })
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
