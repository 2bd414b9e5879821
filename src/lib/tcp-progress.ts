import type { Socket } from 'node:net'
import { findSystemCall, type SystemCall } from './system-call.ts'

/** How far a connection has come with what was written to it. */
export interface TcpProgress {
  /** Bytes that the other end has acknowledged since the connection began. */
  readonly acked: number
  /** Bytes written that have not arrived yet, as far as is known: up to a segment too many. */
  readonly outstanding: number
  /** Bytes of one segment. The last one or two of a picture may be acknowledged 40 ms late (RFC 1122 section 4.2.3.2). */
  readonly segment: number
  /** The shortest time to the other end and back, in milliseconds. */
  readonly minRttMs: number
  /** Milliseconds since the last acknowledgement. */
  readonly sinceAckMs: number
}

/** What asks the kernel for the progress of a connection (TCP_INFO, Linux). Undefined where that is not to be had. */
export function tcpProgressOf(socket: Socket): (() => TcpProgress | undefined) | undefined {
  if (process.platform !== 'linux' || getsockopt === 'missing') return undefined
  try {
    getsockopt ??= findSystemCall(GETSOCKOPT)
    const call = getsockopt
    return readProgress(socket, call) && (() => readProgress(socket, call))
  } catch {
    getsockopt = 'missing' // koffi is: what the kernel takes has to do
    return undefined
  }
}

function readProgress(socket: Socket, call: SystemCall): TcpProgress | undefined {
  const { fd, writeQueueSize = 0 } = (socket as WithHandle)._handle ?? { fd: -1 }
  const length = [INFO.length]
  if (fd < 0 || call(fd, IPPROTO_TCP, TCP_INFO, INFO, length) !== 0) return undefined
  if ((length[0] ?? 0) < AT.minRtt + 4) return undefined
  const segment = Math.max(INFO.readUInt32LE(AT.segment), 1)
  return {
    acked: Number(INFO.readBigUInt64LE(AT.bytesAcked)),
    outstanding: INFO.readUInt32LE(AT.unacked) * segment + INFO.readUInt32LE(AT.notSent) + writeQueueSize,
    segment,
    minRttMs: INFO.readUInt32LE(AT.minRtt) / 1000,
    sinceAckMs: INFO.readUInt32LE(AT.lastAck),
  }
}

/** Looked for once. */
let getsockopt: SystemCall | 'missing' | undefined

const GETSOCKOPT = 'int getsockopt(int, int, int, _Out_ uint8_t *, _Inout_ uint32_t *)'
const IPPROTO_TCP = 6
const TCP_INFO = 11
/** Offsets in `struct tcp_info` of linux/tcp.h, which only ever grows at its end. */
const AT = { segment: 16, unacked: 24, lastAck: 56, bytesAcked: 120, notSent: 144, minRtt: 148 } as const
/** Read at once after each call. */
const INFO = Buffer.alloc(256)

/** Node.js keeps the descriptor of a socket here, and how much of what was written the kernel has not taken yet. */
interface WithHandle {
  readonly _handle?: { readonly fd: number; readonly writeQueueSize?: number } | undefined
}
