import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { AtalayaError } from '../api/errors.ts'

/** A pair of UDP ports, the even one for RTP and the next for RTCP (RFC 3550 section 11). */
export class UdpPorts implements Disposable {
  readonly rtpPort: number
  readonly #camera: string
  readonly #rtp: Socket
  readonly #rtcp: Socket

  /**
   * Opens a free pair.
   * @param camera the only IP address that is listened to.
   * @throws {AtalayaError} `internal_error` when there is no free pair.
   */
  static async open(camera: string): Promise<UdpPorts> {
    const type = isIPv6(camera) ? 'udp6' : 'udp4'
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const rtp = await bind(type, 0)
      const port = rtp?.address().port
      const rtcp = port === undefined || port % 2 === 1 ? undefined : await bind(type, port + 1)
      if (rtp && rtcp) return new UdpPorts(camera, rtp, rtcp)
      rtp?.close()
    }
    throw new AtalayaError('internal_error', 'No two neighbouring UDP ports are free on this machine.')
  }

  private constructor(camera: string, rtp: Socket, rtcp: Socket) {
    this.#camera = camera
    this.#rtp = rtp
    this.#rtcp = rtcp
    this.rtpPort = rtp.address().port
    // A camera that is gone answers what is sent to it with ICMP errors, which the stall watchdog makes superfluous.
    for (const socket of [rtp, rtcp]) socket.on('error', () => undefined)
  }

  /** Hands over what the camera sends from now on. */
  listen(rtp: (packet: Buffer) => void, rtcp: (packet: Buffer) => void): void {
    const fromCamera =
      (pass: (packet: Buffer) => void) =>
      (packet: Buffer, { address }: RemoteInfo) => {
        if (address === this.#camera) pass(packet)
      }
    this.#rtp.on('message', fromCamera(rtp))
    this.#rtcp.on('message', fromCamera(rtcp))
  }

  /** Sends an RTCP packet to a port of the camera. */
  sendRtcp(packet: Buffer, port: number): void {
    this.#rtcp.send(packet, port, this.#camera)
  }

  /** Opens the way through a firewall or a NAT in between, which lets answers in to what went out. */
  punch(rtpPort: number, rtcpPort: number): void {
    this.#rtp.send(EMPTY_RTP, rtpPort, this.#camera)
    this.#rtcp.send(EMPTY_RECEIVER_REPORT, rtcpPort, this.#camera)
  }

  [Symbol.dispose](): void {
    this.#rtp.close()
    this.#rtcp.close()
  }
}

const MAX_ATTEMPTS = 40
/** A keyframe comes as a burst: the usual 208 KiB hold one, not two. */
const RECEIVE_BUFFER_BYTES = 2 * 1024 * 1024
const EMPTY_RTP = Buffer.from('800000000000000000000000', 'hex')
const EMPTY_RECEIVER_REPORT = Buffer.from('80c9000100000000', 'hex')

/** Undefined when the port is taken. */
function bind(type: 'udp4' | 'udp6', port: number): Promise<Socket | undefined> {
  const socket = createSocket({ type, recvBufferSize: RECEIVE_BUFFER_BYTES })
  return new Promise((resolve) => {
    socket.once('error', () => {
      socket.close()
      resolve(undefined)
    })
    socket.bind(port, () => {
      socket.removeAllListeners('error')
      resolve(socket)
    })
  })
}
