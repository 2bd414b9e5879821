import { AtalayaError } from '../api/errors.ts'
import { ReorderWindow } from './reorder-window.ts'
import type { RtspConnection } from './rtsp-connection.ts'
import { type InterleavedChannels, parseInterleaved, parseServerPorts } from './rtsp-headers.ts'
import type { RtspTiming } from './rtsp-timing.ts'
import { UdpPorts } from './udp-ports.ts'

/** What takes the packets of the track that is played. Payloads are only valid during the call. */
export interface TrackReceiver {
  rtp(data: Buffer): void
  rtcp(data: Buffer): void
  /** The receiver report that is due; undefined while there is nothing to report. */
  receiverReport(): Buffer | undefined
}

/** How the packets of a track travel: inside the connection, beside it, or inside a connection that travels inside HTTP. */
export type RtspTransport = 'tcp' | 'udp' | 'http'

/** The way of a track's packets, asked for in SETUP. */
export interface MediaPath {
  readonly transport: RtspTransport
  /** The `Transport` field of the request. */
  readonly offer: string
  /** Whether the camera's `Transport` field agrees to this way: some answer with another one than they were asked for. */
  agrees(answer: string | undefined): boolean
  /**
   * Begins to receive, as the camera's `Transport` field says.
   * @throws {AtalayaError} `unsupported` when the camera chose another way, `protocol_error` when it names channels that cannot be.
   */
  begin(answer: string | undefined, receiver: TrackReceiver): void
  sendReport(report: Buffer): void
  /** Rejects when the path proves to lead nowhere; else it stays open. */
  readonly failed: Promise<never>
  close(): void
}

/** The path of this kind, nothing sent yet, for the first or the second track of the connection. */
export async function openMediaPath(
  transport: RtspTransport,
  connection: RtspConnection,
  timing: Pick<RtspTiming, 'firstPacketMs'>,
  track: 0 | 1 = 0,
): Promise<MediaPath> {
  return transport === 'udp'
    ? new UdpPath(connection, await UdpPorts.open(connection.cameraAddress), timing.firstPacketMs)
    : new InterleavedPath(transport, connection, { rtp: 2 * track, rtcp: 2 * track + 1 })
}

/** A channel's number is one byte. */
const MAX_CHANNEL = 255

function impossibleChannels({ rtp, rtcp }: { rtp: number; rtcp: number }): AtalayaError {
  return new AtalayaError(
    'protocol_error',
    `The camera names channels that cannot be (interleaved=${rtp}-${rtcp}): restart it, or use transport: udp.`,
  )
}

/** Inside the connection itself (RFC 2326 section 10.12). */
class InterleavedPath implements MediaPath {
  readonly transport: 'tcp' | 'http'
  readonly offer: string
  readonly failed = new Promise<never>(() => undefined)
  readonly #connection: RtspConnection
  /** What is asked for; the camera may choose others. */
  readonly #asked: InterleavedChannels
  #channels: InterleavedChannels

  constructor(transport: 'tcp' | 'http', connection: RtspConnection, asked: InterleavedChannels) {
    this.transport = transport
    this.offer = `RTP/AVP/TCP;unicast;interleaved=${asked.rtp}-${asked.rtcp}`
    this.#connection = connection
    this.#asked = asked
    this.#channels = asked
  }

  agrees(answer: string | undefined): boolean {
    return parseInterleaved(answer, this.#asked) !== undefined
  }

  begin(answer: string | undefined, receiver: TrackReceiver): void {
    const channels = parseInterleaved(answer, this.#asked)
    if (!channels) {
      throw new AtalayaError(
        'unsupported',
        'The camera insists on sending over UDP: write transport: udp into its configuration.',
      )
    }
    if (Math.max(channels.rtp, channels.rtcp) > MAX_CHANNEL) throw impossibleChannels(channels)
    this.#channels = channels
    let used = channels
    const otherTrack = this.#connection.onFrame
    this.#connection.onFrame = (channel, payload) => {
      // Should a camera put both tracks on the same channels, each knows its own packets by their payload type.
      otherTrack?.(channel, payload)
      if (channel === used.rtp) receiver.rtp(payload)
      else if (channel === used.rtcp) receiver.rtcp(payload)
      else if (used === channels && channel === this.#asked.rtp) {
        // Some cameras name other channels and then send on those that they were asked for.
        used = this.#asked
        receiver.rtp(payload)
      }
    }
  }

  sendReport(report: Buffer): void {
    this.#connection.sendFrame(this.#channels.rtcp, report)
  }

  close(): void {
    this.#connection.onFrame = undefined
  }
}

/** By UDP, straight from the camera (RFC 2326 section 12.39). */
class UdpPath implements MediaPath {
  readonly transport = 'udp'
  readonly offer: string
  readonly failed: Promise<never>
  readonly #connection: RtspConnection
  readonly #ports: UdpPorts
  readonly #firstPacketMs: number
  #window: ReorderWindow | undefined
  #timer: NodeJS.Timeout | undefined
  #rtcpPort: number | undefined
  #fail: (error: AtalayaError) => void = () => undefined

  constructor(connection: RtspConnection, ports: UdpPorts, firstPacketMs: number) {
    this.#connection = connection
    this.#firstPacketMs = firstPacketMs
    this.#ports = ports
    this.offer = `RTP/AVP;unicast;client_port=${ports.rtpPort}-${ports.rtpPort + 1}`
    this.failed = new Promise((_resolve, reject) => {
      this.#fail = reject
    })
    this.failed.catch(() => undefined) // whoever plays hears of it by racing
  }

  agrees(answer: string | undefined): boolean {
    return !/^\s*RTP\/AVP\/TCP/i.test(answer ?? '')
  }

  begin(answer: string | undefined, receiver: TrackReceiver): void {
    if (!this.agrees(answer)) {
      throw new AtalayaError(
        'unsupported',
        'The camera insists on sending over TCP: write transport: tcp into its configuration.',
      )
    }
    const window = new ReorderWindow((packet) => receiver.rtp(packet))
    this.#window = window
    this.#timer = setTimeout(() => this.#fail(nothingCame(this.#connection, this.#firstPacketMs)), this.#firstPacketMs)
    this.#ports.listen(
      (packet) => {
        clearTimeout(this.#timer)
        window.push(packet)
      },
      (packet) => receiver.rtcp(packet),
    )
    const server = parseServerPorts(answer)
    if (!server) return
    this.#rtcpPort = server.rtcp
    this.#ports.punch(server.rtp, server.rtcp)
  }

  sendReport(report: Buffer): void {
    if (this.#rtcpPort !== undefined) this.#ports.sendRtcp(report, this.#rtcpPort)
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#window?.close()
    this.#ports[Symbol.dispose]()
  }
}

function nothingCame({ authority }: RtspConnection, firstPacketMs: number): AtalayaError {
  return new AtalayaError(
    'stalled',
    `Nothing came over UDP from the camera at ${authority} within ${firstPacketMs / 1000} s: a firewall may keep it back; use transport: tcp.`,
  )
}
