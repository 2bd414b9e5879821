import { connect, createServer, type Socket } from 'node:net'
import { BadNetwork, type NetworkFaults } from './bad-network.ts'
import { UdpDetour } from './udp-detour.ts'

/** A bad network between clients and an RTSP camera of this machine. */
export interface RtspRelay extends AsyncDisposable {
  readonly port: number
  /** The same address by way of the relay. */
  through(url: string): string
  /** Packets that got lost on their way by UDP. */
  readonly lost: number
  /** Told of each packet that comes by UDP, and whether it gets lost. */
  onPacket: (packet: Buffer, isLost: boolean) => void
  /** The network is like this from now on. */
  become(faults: NetworkFaults): void
  stop(): Promise<void>
}

/**
 * Relays RTSP to a camera of this machine. What goes by TCP is let through; of what goes by UDP packets get lost, late or doubled, as told.
 * The `Transport` fields are rewritten, so that both sides send to the relay.
 */
export async function startRtspRelay(cameraPort: number, faults: NetworkFaults, port = 0): Promise<RtspRelay> {
  const network = new BadNetwork(faults)
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const camera = connect(cameraPort, '127.0.0.1')
    const detours: UdpDetour[] = []
    for (const [one, other] of [
      [client, camera],
      [camera, client],
    ] as const) {
      sockets.add(one)
      one.setNoDelay(true)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
        for (const detour of detours) detour.close()
      })
    }
    let order = Promise.resolve()
    client.on('data', (bytes: Buffer) => {
      order = order.then(async () => {
        camera.write(
          await rewriteRequest(bytes, async (pair) => {
            const detour = await UdpDetour.open(pair, network)
            detours.push(detour)
            return detour
          }),
        )
      })
    })
    camera.on('data', (bytes: Buffer) => client.write(rewriteAnswer(bytes, detours.at(-1))))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const address = server.address()
  const bound = typeof address === 'object' && address ? address.port : port
  const stop = async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
  return {
    port: bound,
    through: (url) => url.replace(`:${cameraPort}`, `:${bound}`),
    get lost() {
      return network.lost
    },
    get onPacket() {
      return network.onPacket
    },
    set onPacket(told) {
      network.onPacket = told
    },
    become: (other) => {
      network.faults = other
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

async function rewriteRequest(
  bytes: Buffer,
  open: (client: { rtp: number; rtcp: number }) => Promise<UdpDetour>,
): Promise<Buffer> {
  const text = bytes.toString('latin1')
  const [field, rtp, rtcp] = /client_port=(\d+)-(\d+)/.exec(text) ?? []
  if (field === undefined) return bytes
  const { towardsCamera } = await open({ rtp: Number(rtp), rtcp: Number(rtcp) })
  return Buffer.from(text.replace(field, `client_port=${towardsCamera.rtp}-${towardsCamera.rtcp}`), 'latin1')
}

function rewriteAnswer(bytes: Buffer, detour: UdpDetour | undefined): Buffer {
  const text = detour ? bytes.toString('latin1') : ''
  const [field, rtp, rtcp] = /server_port=(\d+)-(\d+)/.exec(text) ?? []
  if (!detour || field === undefined) return bytes
  detour.camera = { rtp: Number(rtp), rtcp: Number(rtcp) }
  return Buffer.from(text.replace(field, `server_port=${detour.towardsClient.rtp}-${detour.towardsClient.rtcp}`), 'latin1')
}
