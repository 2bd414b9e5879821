import { once } from 'node:events'
import { createServer as createTcpServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { type ClientChannel, directChannel, reset } from './client-channel.ts'
import type { Clip } from './clip.ts'
import { type DescriptionStyle, describeClip } from './describe-camera.ts'
import type { Fault } from './faults.ts'
import { type Gate, Gatekeeper } from './gatekeeper.ts'
import type { Manners } from './manners.ts'
import { Player, type PlayerSettings, type WrittenFrame } from './player.ts'
import { SessionDesk } from './session-desk.ts'
import type { TimestampStyle } from './timestamps.ts'
import { TunnelDoor } from './tunnel-door.ts'
import { Visit, type VisitHost } from './visit.ts'

export type { WrittenFrame } from './player.ts'

export interface FakeCameraSettings
  extends PlayerSettings,
    DescriptionStyle,
    Omit<Manners, 'gate'>,
    Partial<Omit<Gate, 'user' | 'password'>> {
  /** A free one unless given. */
  readonly port?: number
  /** The address that it listens on; 127.0.0.1 unless given. */
  readonly host?: string
  /** Speaks TLS, with this certificate and key in PEM. */
  readonly tls?: { readonly certificate: string; readonly key: string }
  /** How they are asked for is Digest unless `auth` says otherwise. */
  readonly credentials?: { readonly user: string; readonly password: string }
  readonly timestamps?: TimestampStyle
}

/** A camera that plays a clip over RTSP, over TCP, UDP or HTTP, and misbehaves when it is told to. */
export interface FakeCamera extends AsyncDisposable {
  /** Without credentials. */
  readonly url: string
  readonly port: number
  /** RTSP sessions that are open now. */
  readonly sessions: number
  /** Clients that are connected now. */
  readonly connections: number
  /** The latest pictures, at most 4096. */
  readonly written: readonly WrittenFrame[]
  /** The methods of the latest requests, at most 4096; `RTCP` is a receiver report, `HTTP GET` and `HTTP POST` the halves of a tunnel. */
  readonly requests: readonly string[]
  /** The URIs that were asked for, beside `requests`. */
  readonly uris: readonly string[]
  /** The latest `Authorization` fields. */
  readonly authorizations: readonly string[]
  /** Wrong logins so far. */
  readonly refusedLogins: number
  /** Other credentials hold from the next connection on. */
  setCredentials(credentials: { readonly user: string; readonly password: string }): void
  /** As if the power failed: resets all connections and refuses new ones. */
  kill(): Promise<void>
  /** Listens again, on the same port. */
  revive(): Promise<void>
  /** Misbehaves, until it is told something else. */
  misbehave(fault: Fault): void
  /** Connections stay open, no video comes. */
  stall(): void
  /** Behaves again. */
  resume(): void
  /** Plays another clip from its next keyframe on, to those who watch already as well. */
  play(clip: Clip): void
  /** Sends bytes to every client between two packets, to break its framing. */
  inject(bytes: Buffer): void
  stop(): Promise<void>
}

/** Starts a fake camera on 127.0.0.1. All clients see the same pictures at the same time, each from the moment it plays. */
export async function startFakeCamera(settings: FakeCameraSettings): Promise<FakeCamera> {
  const { host = '127.0.0.1', tls } = settings
  const visits = new Set<Visit>()
  const sockets = new Set<Socket>()
  const requests: string[] = []
  const uris: string[] = []
  const authorizations: string[] = []
  let credentials = settings.credentials
  let refusedBefore = 0
  let refusalsLeft = settings.refusesTcp ?? 0
  const player = new Player(settings, visits)
  const desk = new SessionDesk(settings.sessionLimit)
  const gate = (): Gate | undefined => credentials && { ...settings, ...credentials, auth: settings.auth ?? 'digest' }
  const record = (method: string, uri: string) => {
    remember(requests, method)
    remember(uris, uri)
  }
  const visitHost = (): VisitHost => {
    const current = gate()
    return {
      manners: current ? { ...settings, gate: current } : settings,
      timestamps: settings.timestamps ?? 'honest',
      desk,
      describe: () => describeClip(player.clip, settings.fps ?? player.clip.fps, settings),
      onRequest: ({ method, uri, headers }) => {
        record(method, uri)
        const authorization = headers.get('authorization')
        if (authorization !== undefined) remember(authorizations, authorization)
      },
      refusesTcp: () => refusalsLeft-- > 0,
      isAwake: () => player.fault !== 'deaf',
    }
  }
  const receive = (client: ClientChannel, socket: Socket): Visit => {
    const visit = new Visit(client, visitHost())
    visits.add(visit)
    socket.on('close', () => {
      visit.end()
      refusedBefore += visit.refused
      visits.delete(visit)
    })
    return visit
  }
  let door = openDoor()
  function openDoor(): TunnelDoor {
    const current = gate()
    return new TunnelDoor(settings.tunnel ?? {}, current && new Gatekeeper(current), receive, (method) => record(method, ''))
  }

  const onSocket = (socket: Socket) => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.once('data', (first: Buffer) => {
      if (/^(GET|POST) /.test(first.toString('latin1', 0, 5))) return door.admit(socket, first)
      const client = directChannel(socket)
      receive(client, socket)
      client.onBytes(first)
    })
  }
  const server = tls ? createTlsServer({ cert: tls.certificate, key: tls.key }, onSocket) : createTcpServer(onSocket)
  server.on('tlsClientError', () => undefined)
  let port = settings.port ?? 0
  const listen = async () => {
    server.listen(port, host)
    await once(server, 'listening')
    const address = server.address()
    if (address && typeof address === 'object') port = address.port
  }
  await listen()
  const lateness = setInterval(() => {
    const { enforcesTimeout, sessionTimeout = 60 } = settings
    if (!enforcesTimeout) return
    for (const visit of visits) if (visit.open && performance.now() - visit.lastSign > sessionTimeout * 1000) visit.client.reset()
  }, 50)

  const kill = async () => {
    const closed = server.listening ? new Promise((resolve) => server.close(resolve)) : Promise.resolve()
    for (const socket of sockets) reset(socket)
    await closed
  }
  const stop = async () => {
    player.stop()
    clearInterval(lateness)
    desk.close()
    await kill()
  }
  return {
    get url() {
      return `${tls ? 'rtsps' : 'rtsp'}://${host === '::1' ? '[::1]' : host}:${port}${settings.path ?? '/live'}`
    },
    get port() {
      return port
    },
    get sessions() {
      return [...visits].filter((visit) => visit.open).length
    },
    get connections() {
      return sockets.size
    },
    written: player.written,
    requests,
    uris,
    authorizations,
    get refusedLogins() {
      return [...visits].reduce((sum, visit) => sum + visit.refused, refusedBefore)
    },
    setCredentials: (other) => {
      credentials = other
      door = openDoor()
    },
    kill,
    revive: listen,
    misbehave: (fault) => {
      player.fault = fault
    },
    stall: () => {
      player.fault = 'stall'
    },
    resume: () => {
      player.fault = 'none'
    },
    play: (clip) => {
      player.next = clip
    },
    inject: (bytes) => {
      for (const { client } of visits) client.write(bytes)
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

const MAX_REMEMBERED = 4096

function remember<T>(ring: T[], item: T): void {
  ring.push(item)
  if (ring.length > MAX_REMEMBERED) ring.shift()
}
