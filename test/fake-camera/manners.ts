import type { Gate } from './gatekeeper.ts'
import type { SessionLimit } from './session-desk.ts'
import type { TunnelManners } from './tunnel-door.ts'

/** How a fake camera talks. */
export interface Manners {
  readonly gate?: Gate
  /** The answers to these methods, by their status codes. */
  readonly answers?: Readonly<Record<string, number>>
  /** Methods that are never answered. */
  readonly mute?: readonly string[]
  /** The interleaved channel of RTP that SETUP answers with, whatever the client asks for. */
  readonly channel?: number
  /** The interleaved channel that is really used; the one it answered with unless given. */
  readonly sendsOn?: number
  /** The `Transport` field of every answer to SETUP. */
  readonly transportHeader?: string
  /** How it lets media travel; both unless given. Others are answered with 461. */
  readonly transports?: readonly ('tcp' | 'udp')[]
  /** It answers 461 to so many first SETUPs for TCP. */
  readonly refusesTcp?: number
  /** To a SETUP for TCP it answers with UDP ports, as if it had been asked for those. */
  readonly insistsOnUdp?: boolean
  /** What it makes of a SETUP for its audio: a status, the end of the connection, or no answer. */
  readonly audioSetup?: number | 'hang-up' | 'silence'
  /** The session's timeout in seconds, as SETUP states it. */
  readonly sessionTimeout?: number
  /** Whether it keeps to that: without a request in time, the connection ends. */
  readonly enforcesTimeout?: boolean
  /** What `Public` says. */
  readonly methods?: string
  /** Overrides `Content-Base`; an empty text leaves the field out. */
  readonly contentBase?: string
  /** Path and query of the stream; all others are 404. Any will do unless given. */
  readonly path?: string
  /** 401 for clients that do not say their name, as some cameras do. */
  readonly needsUserAgent?: boolean
  /** 400 for clients that spell `CSeq` in another way. */
  readonly needsExactCseq?: boolean
  /** What it answers with as `CSeq`: the number of the request, that of the request before, none, or the number under a field in lower case. */
  readonly cseq?: 'honest' | 'previous' | 'none' | 'lower-case'
  /** It refers every client to this address. */
  readonly redirectTo?: string
  readonly sessionLimit?: SessionLimit
  readonly tunnel?: TunnelManners
}
