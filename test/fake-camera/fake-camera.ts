import { createServer } from 'node:net'
import type { Clip } from './clip.ts'
import type { Gate } from './gatekeeper.ts'
import { isParameterSet, type PacketStyle, packetize } from './packetizer.ts'
import { type Manners, Visit } from './visit.ts'

export interface FakeCameraSettings extends PacketStyle, Omit<Manners, 'gate'> {
  readonly clip: Clip
  /** Pictures a second; the clip's own unless given. */
  readonly fps?: number
  /** A free one unless given. */
  readonly port?: number
  /** A loopback address; 127.0.0.1 unless given. */
  readonly host?: '127.0.0.1' | '::1'
  readonly credentials?: { readonly user: string; readonly password: string }
  /** How the credentials are asked for; Digest unless given. */
  readonly auth?: Gate['auth']
  readonly algorithm?: NonNullable<Gate['algorithm']>
  readonly qop?: boolean
  readonly nonceUses?: number
  /** Whether packet number `n`, counted from 0 for each client, gets lost. */
  readonly drop?: (n: number) => boolean
  /** Changes the session description before it is sent. */
  readonly editSdp?: (sdp: string) => string
  /** Milliseconds between sender reports; 5000 unless given. */
  readonly senderReportMs?: number
}

/** A picture that was sent to the clients. */
export interface WrittenFrame {
  /** Its number in the clip, which is also in its pixels. */
  readonly frame: number
  /** Milliseconds since the Unix epoch by the monotonic clock, when its last byte was handed to the socket. */
  readonly at: number
}

/** A camera that plays a clip over RTSP, interleaved in TCP, and misbehaves when it is told to. */
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
  /** The methods of the latest requests, at most 4096; `RTCP` is a receiver report. */
  readonly requests: readonly string[]
  /** The URIs that were asked for, beside `requests`. */
  readonly uris: readonly string[]
  /** As if the power failed: resets all connections and refuses new ones. */
  kill(): Promise<void>
  /** Listens again, on the same port. */
  revive(): Promise<void>
  /** Connections stay open, no video comes. */
  stall(): void
  resume(): void
  /** Sends bytes to every client between two packets, to break its framing. */
  inject(bytes: Buffer): void
  stop(): Promise<void>
}

/** Starts a fake camera on 127.0.0.1. All clients see the same pictures at the same time, each from the moment it plays. */
export async function startFakeCamera(settings: FakeCameraSettings): Promise<FakeCamera> {
  const { clip, fps = clip.fps, host = '127.0.0.1', senderReportMs = 5000 } = settings
  const visits = new Set<Visit>()
  const written: WrittenFrame[] = []
  const requests: string[] = []
  const uris: string[] = []
  const manners: Manners = settings.credentials
    ? { ...settings, gate: { ...settings, ...settings.credentials, auth: settings.auth ?? 'digest' } }
    : settings
  const server = createServer((socket) => {
    const visit = new Visit(
      socket,
      manners,
      () => describe(settings),
      ({ method, uri }) => {
        remember(requests, method)
        remember(uris, uri)
      },
    )
    visits.add(visit)
    socket.setNoDelay(true)
    socket.on('close', () => visits.delete(visit))
    socket.on('error', () => socket.destroy())
  })
  let port = settings.port ?? 0
  const listen = async () => {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
    const address = server.address()
    if (address && typeof address === 'object') port = address.port
  }
  await listen()

  let stalled = false
  let tick = 0
  const started = performance.now()
  const sendPicture = () => {
    const due = Math.floor(((performance.now() - started) / 1000) * fps)
    // After a pause of this process the pictures of the meantime are left out: a live camera does not catch up.
    const late = due - tick > fps
    if (late) tick = due
    const frame = tick % clip.units.length
    const unit = clip.units[frame]
    const playing = [...visits].filter((visit) => visit.playing)
    if (unit && !stalled && playing.length > 0) {
      for (const visit of playing) sendUnit(visit, unit, tick / fps, settings)
      remember(written, { frame, at: performance.timeOrigin + performance.now() })
    }
    tick++
    timer = setTimeout(sendPicture, Math.max(0, started + (tick * 1000) / fps - performance.now()))
  }
  let timer = setTimeout(sendPicture, 0)
  const reports = setInterval(() => {
    for (const visit of visits) if (visit.playing && !stalled) sendReport(visit, (performance.now() - started) / 1000)
  }, senderReportMs)

  const kill = async () => {
    const closed = server.listening ? new Promise((resolve) => server.close(resolve)) : Promise.resolve()
    for (const { socket } of visits) socket.resetAndDestroy()
    await closed
  }
  const stop = async () => {
    clearTimeout(timer)
    clearInterval(reports)
    await kill()
  }
  return {
    get url() {
      return `rtsp://${host === '::1' ? '[::1]' : host}:${port}${settings.path ?? '/live'}`
    },
    get port() {
      return port
    },
    get sessions() {
      return [...visits].filter((visit) => visit.open).length
    },
    get connections() {
      return visits.size
    },
    written,
    requests,
    uris,
    kill,
    revive: listen,
    stall: () => {
      stalled = true
    },
    resume: () => {
      stalled = false
    },
    inject: (bytes) => {
      for (const { socket } of visits) socket.write(bytes)
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

const MAX_REMEMBERED = 4096
const CLOCK_RATE = 90_000
const PAYLOAD_TYPE = 96
/** A client that reads too slowly misses whole pictures. */
const MAX_UNSENT_BYTES = 4 * 1024 * 1024

function remember<T>(ring: T[], item: T): void {
  ring.push(item)
  if (ring.length > MAX_REMEMBERED) ring.shift()
}

function describe({ clip, fps = clip.fps, parameterSets, editSdp }: FakeCameraSettings): string {
  const sets = clip.units[0]?.filter(isParameterSet) ?? []
  const sprop = parameterSets === 'in-band' ? '' : `;sprop-parameter-sets=${sets.map((set) => set.toString('base64')).join(',')}`
  const sdp = [
    ...['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=fake camera', 'c=IN IP4 0.0.0.0', 't=0 0', 'a=control:*'],
    ...[`m=video 0 RTP/AVP ${PAYLOAD_TYPE}`, `a=rtpmap:${PAYLOAD_TYPE} H264/${CLOCK_RATE}`, `a=framerate:${fps}`],
    ...[`a=fmtp:${PAYLOAD_TYPE} packetization-mode=1${sprop}`, 'a=control:trackID=0', ''],
  ].join('\r\n')
  return editSdp ? editSdp(sdp) : sdp
}

function rtpTime(visit: Visit, seconds: number): number {
  return (visit.timestampBase + Math.round(seconds * CLOCK_RATE)) % 2 ** 32
}

/** One write per packet, all of a picture at once, as a camera's burst. */
function sendUnit(visit: Visit, unit: readonly Buffer[], seconds: number, settings: FakeCameraSettings): void {
  if (visit.socket.writableLength > MAX_UNSENT_BYTES) return
  for (const { payload, marker } of packetize(unit, settings)) {
    const header = Buffer.alloc(16)
    header.writeUInt8(0x24, 0)
    header.writeUInt8(visit.channel, 1)
    header.writeUInt16BE(12 + payload.length, 2)
    header.writeUInt8(0x80, 4)
    header.writeUInt8((marker ? 0x80 : 0) | PAYLOAD_TYPE, 5)
    header.writeUInt16BE(visit.sequence++ & 0xffff, 6)
    header.writeUInt32BE(rtpTime(visit, seconds), 8)
    header.writeUInt32BE(visit.ssrc, 12)
    const number = visit.sent++
    if (!settings.drop?.(number)) visit.socket.write(Buffer.concat([header, payload]))
  }
}

function sendReport(visit: Visit, seconds: number): void {
  const report = Buffer.alloc(32)
  const wall = Date.now() / 1000 + 2_208_988_800
  report.set([0x24, visit.channel + 1, 0, 28, 0x80, 200, 0, 6])
  report.writeUInt32BE(visit.ssrc, 8)
  report.writeUInt32BE(Math.floor(wall), 12)
  report.writeUInt32BE(Math.floor((wall % 1) * 2 ** 32), 16)
  report.writeUInt32BE(rtpTime(visit, seconds), 20)
  report.writeUInt32BE(visit.sent, 24)
  visit.socket.write(report)
}
