import { createSocket, type Socket } from 'node:dgram'
import type { BadNetwork } from './bad-network.ts'

/** Where the two ports of a side are. */
export interface PortPair {
  readonly rtp: number
  readonly rtcp: number
}

/** Leads the UDP packets of one track from the camera to the client through a bad network, and what the client says straight back. */
export class UdpDetour {
  /** What stands for the client's ports towards the camera, and for the camera's towards the client. */
  readonly towardsCamera: PortPair
  readonly towardsClient: PortPair
  camera: PortPair | undefined
  readonly #sockets: readonly Socket[]

  static async open(client: PortPair, network: BadNetwork): Promise<UdpDetour> {
    const sockets = await Promise.all(Array.from({ length: 4 }, bind))
    return new UdpDetour(sockets, client, network)
  }

  private constructor(sockets: readonly Socket[], client: PortPair, network: BadNetwork) {
    this.#sockets = sockets
    const [cameraRtp, cameraRtcp, clientRtp, clientRtcp] = sockets as readonly [Socket, Socket, Socket, Socket]
    this.towardsCamera = { rtp: cameraRtp.address().port, rtcp: cameraRtcp.address().port }
    this.towardsClient = { rtp: clientRtp.address().port, rtcp: clientRtcp.address().port }
    const send = (socket: Socket, packet: Buffer, port: number | undefined) => {
      if (port !== undefined && !this.#isClosed) socket.send(packet, port, '127.0.0.1')
    }
    cameraRtp.on('message', (packet) => network.pass(packet, () => send(clientRtp, packet, client.rtp)))
    cameraRtcp.on('message', (packet) => send(clientRtcp, packet, client.rtcp))
    clientRtp.on('message', (packet) => send(cameraRtp, packet, this.camera?.rtp))
    clientRtcp.on('message', (packet) => send(cameraRtcp, packet, this.camera?.rtcp))
  }

  #isClosed = false

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const socket of this.#sockets) socket.close()
  }
}

function bind(): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 1024 * 1024 })
  // A side that is gone answers with ICMP errors.
  socket.on('error', () => undefined)
  return new Promise((resolve) => socket.bind(0, '127.0.0.1', () => resolve(socket)))
}
