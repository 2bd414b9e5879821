import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Gate, Gatekeeper } from './gatekeeper.ts'
import { withoutHuffmanTables } from './jpeg-clip.ts'
import { contentTypeOf, type MjpegFault, type MjpegForm, spoil, writePart } from './mjpeg-part.ts'

/** How a fake HTTP camera talks. */
export interface MjpegManners {
  /** `usual` unless given. */
  readonly form?: MjpegForm
  readonly withoutTables?: boolean
  readonly gate?: Gate
  /** All requests are answered with this status. */
  readonly status?: number
  /** It refers every client to this address. */
  readonly redirectTo?: string
}

export interface FakeMjpegCameraSettings extends MjpegManners {
  readonly jpegs: readonly Buffer[]
  /** Pictures a second; 25 unless given. */
  readonly fps?: number
  /** A free one unless given. */
  readonly port?: number
}

/** A camera that shows JPEGs over HTTP, and misbehaves when it is told to. */
export interface FakeMjpegCamera extends AsyncDisposable {
  /** Without credentials. */
  readonly url: string
  /** Requests so far. */
  readonly requests: number
  /** Clients that are sent pictures now. */
  readonly viewers: number
  /** Misbehaves, until it is told something else. */
  misbehave(fault: MjpegFault): void
  /** As if the power failed: ends all connections and refuses new ones. */
  kill(): Promise<void>
  /** Listens again, on the same port. */
  revive(): Promise<void>
}

/** Starts a fake HTTP camera on 127.0.0.1. Any path will do. */
export async function startFakeMjpegCamera(settings: FakeMjpegCameraSettings): Promise<FakeMjpegCamera> {
  const { jpegs, fps = 25, form = 'usual', gate, withoutTables, status, redirectTo } = settings
  const pictures = withoutTables ? jpegs.map(withoutHuffmanTables) : jpegs
  const gatekeeper = gate && new Gatekeeper(gate)
  const viewers = new Set<ServerResponse>()
  let requests = 0
  let fault: MjpegFault = 'none'
  let count = 0

  const picture = () => spoil(fault, pictures[count % pictures.length] ?? Buffer.alloc(0), count)
  const show = () => {
    count++
    if (fault === 'stall' || fault === 'trickle') return
    const part = writePart(form, picture())
    for (const viewer of viewers) if (viewer.writableLength < MAX_UNSENT_BYTES) viewer.write(part)
  }
  const trickle = () => {
    if (fault === 'trickle') for (const viewer of viewers) viewer.write(Buffer.from([0xff]))
  }
  const answer = (request: IncomingMessage, response: ServerResponse): unknown => {
    requests++
    const challenges = gatekeeper?.check(request.method ?? '', request.url ?? '', request.headers.authorization)
    if (challenges) return response.writeHead(401, { 'WWW-Authenticate': challenges }).end()
    if (status !== undefined) return response.writeHead(status).end()
    if (redirectTo !== undefined) return response.writeHead(302, { Location: redirectTo }).end()
    if (form === 'single' && fault === 'stall') return undefined
    response.writeHead(200, { 'Content-Type': contentTypeOf(form) })
    if (form === 'single') return response.end(picture())
    if (form === 'page') return response.end('<html>Welcome to your camera</html>')
    viewers.add(response)
    return response.on('close', () => viewers.delete(response))
  }

  const server = createServer((request, response) => void answer(request, response))
  let { port = 0 } = settings
  const revive = async () => {
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  }
  const kill = async () => {
    server.closeAllConnections()
    if (server.listening) await new Promise((resolve) => server.close(resolve))
  }
  await revive()
  const timers = [setInterval(show, 1000 / fps), setInterval(trickle, 1000)]
  return {
    get url() {
      return `http://127.0.0.1:${port}/video`
    },
    get requests() {
      return requests
    },
    get viewers() {
      return viewers.size
    },
    misbehave: (other) => {
      fault = other
    },
    kill,
    revive,
    [Symbol.asyncDispose]: async () => {
      for (const timer of timers) clearInterval(timer)
      await kill()
    },
  }
}

/** A client that reads too slowly misses whole pictures. */
const MAX_UNSENT_BYTES = 4 * 1024 * 1024
