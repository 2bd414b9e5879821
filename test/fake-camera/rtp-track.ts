import { createSocket, type Socket } from 'node:dgram'
import type { ClientChannel } from './client-channel.ts'
import { type TimestampStyle, timestampOf } from './timestamps.ts'

/** The way of one track's packets to a client. */
export interface TrackPath {
  /** What the `Transport` field of the answer says. */
  readonly transport: string
  rtp(packet: Buffer): void
  rtcp(packet: Buffer): void
  close(): void
}

/** Inside the connection, on these channels. */
export function interleavedPath(client: ClientChannel, stated: number, used: number): TrackPath {
  const send = (channel: number, packet: Buffer) => {
    client.write(Buffer.concat([Buffer.from([0x24, channel, packet.length >> 8, packet.length & 0xff]), packet]))
  }
  return {
    transport: `RTP/AVP/TCP;unicast;interleaved=${stated}-${stated + 1}`,
    rtp: (packet) => send(used, packet),
    rtcp: (packet) => send(used + 1, packet),
    close: () => undefined,
  }
}

/** By UDP, to the two ports of the client. */
export async function udpPath(address: string, ports: readonly [number, number], onReport: () => void): Promise<TrackPath> {
  const [rtp, rtcp] = await Promise.all([bindUdp(address), bindUdp(address)])
  rtcp.on('message', onReport)
  const send = (socket: Socket, port: number) => (packet: Buffer) => socket.send(packet, port, address)
  return {
    transport: `RTP/AVP;unicast;client_port=${ports[0]}-${ports[1]};server_port=${rtp.address().port}-${rtcp.address().port}`,
    rtp: send(rtp, ports[0]),
    rtcp: send(rtcp, ports[1]),
    close: () => {
      rtp.close()
      rtcp.close()
    },
  }
}

function bindUdp(address: string): Promise<Socket> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  // A client that is gone answers with ICMP errors.
  socket.on('error', () => undefined)
  return new Promise((resolve) => socket.bind(0, address.includes(':') ? '::1' : '127.0.0.1', () => resolve(socket)))
}

/** One track as one client gets it: sequence numbers, timestamps and sender reports of its own. */
export class RtpTrack {
  readonly path: TrackPath
  readonly #payloadType: number
  readonly #clockRate: number
  readonly #timestamps: TimestampStyle
  readonly #ssrc = Math.floor(Math.random() * 2 ** 32)
  readonly #timestampBase = Math.floor(Math.random() * 2 ** 32)
  #sequence = Math.floor(Math.random() * 65_536)
  #sent = 0
  /** When the first packet was taken, in seconds. */
  #began: number | undefined

  constructor(path: TrackPath, payloadType: number, clockRate: number, timestamps: TimestampStyle = 'honest') {
    this.path = path
    this.#payloadType = payloadType
    this.#clockRate = clockRate
    this.#timestamps = timestamps
  }

  /** Packets sent, or lost on purpose. */
  get sent(): number {
    return this.#sent
  }

  /** Sends one packet, unless it is to get lost. */
  send(payload: Buffer, marker: boolean, seconds: number, isLost: boolean): void {
    const header = Buffer.alloc(12)
    header.writeUInt8(0x80, 0)
    header.writeUInt8((marker ? 0x80 : 0) | this.#payloadType, 1)
    header.writeUInt16BE(this.#sequence++ & 0xffff, 2)
    header.writeUInt32BE(this.#rtpTime(seconds), 4)
    header.writeUInt32BE(this.#ssrc, 8)
    this.#sent++
    if (!isLost) this.path.rtp(Buffer.concat([header, payload]))
  }

  report(seconds: number): void {
    const report = Buffer.alloc(28)
    const wall = Date.now() / 1000 + 2_208_988_800
    report.set([0x80, 200, 0, 6])
    report.writeUInt32BE(this.#ssrc, 4)
    report.writeUInt32BE(Math.floor(wall), 8)
    report.writeUInt32BE(Math.floor((wall % 1) * 2 ** 32), 12)
    report.writeUInt32BE(this.#rtpTime(seconds), 16)
    report.writeUInt32BE(this.#sent, 20)
    this.path.rtcp(report)
  }

  #rtpTime(seconds: number): number {
    this.#began ??= seconds
    return timestampOf(this.#timestamps, seconds - this.#began, this.#clockRate, this.#timestampBase)
  }
}
