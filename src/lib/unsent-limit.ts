import type { Server, Socket } from 'node:net'
import type { Log } from '../telemetry/log.ts'
import { findSystemCall, type SystemCall } from './system-call.ts'

/**
 * Bounds what the kernel takes from us before it is on its way: 16 KB a connection instead of up to 4 MB, so that a slow
 * viewer's pictures wait in its one-slot mailbox, where newer ones replace them, and not in a socket (TCP_NOTSENT_LOWAT).
 * Node.js has no call for it, so it is set through the optional package koffi: on a listening socket, whose accepted
 * connections inherit it, or on one connection. Where that cannot be done, slow viewers see older pictures, and nothing else
 * changes.
 */
export function limitUnsentBytes(endpoint: Server | Socket, log: Log): void {
  const option = TCP_NOTSENT_LOWAT[process.platform]
  const descriptor = (endpoint as WithHandle)._handle?.fd
  if (option === undefined || descriptor === undefined || descriptor < 0 || setsockopt === 'missing') return
  try {
    setsockopt ??= findSystemCall(SETSOCKOPT)
    const result = setsockopt(descriptor, IPPROTO_TCP, option, [UNSENT_BYTES], 4)
    if (result !== 0) log.debug({ result }, 'the unsent bytes of connections are not bounded: the system refused')
  } catch (error) {
    setsockopt = 'missing'
    log.debug({ reason: (error as Error).message }, 'the unsent bytes of connections are not bounded: koffi is missing')
  }
}

/** Looked for once: on a server that is not the gateway's own this is called for every connection. */
let setsockopt: SystemCall | 'missing' | undefined

const SETSOCKOPT = 'int setsockopt(int, int, int, const int32_t *, uint32_t)'
const UNSENT_BYTES = 16 * 1024
const IPPROTO_TCP = 6
/** From `netinet/tcp.h` of each system. */
const TCP_NOTSENT_LOWAT: Partial<Record<NodeJS.Platform, number>> = { linux: 25, darwin: 0x201 }

/** Node.js keeps the descriptor of a socket here. */
interface WithHandle {
  readonly _handle?: { readonly fd: number } | undefined
}
