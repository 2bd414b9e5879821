import { makeCertificate } from '../deployment/make-certificate.ts'
import { type Clip, loadClip } from './clip.ts'
import { findModes, type HandRunOptions } from './command-line.ts'
import { type FakeCameraSettings, startFakeCamera } from './fake-camera.ts'
import { FAULTS } from './faults.ts'
import type { Gate } from './gatekeeper.ts'
import { loadJpegClip, loadJpegs } from './jpeg-clip.ts'
import { type MjpegManners, startFakeMjpegCamera } from './mjpeg-camera.ts'
import { mjpegModes } from './mjpeg-modes.ts'
import { MJPEG_FAULTS } from './mjpeg-part.ts'
import { rtspModes } from './modes.ts'
import { type RtspRelay, startRtspRelay } from './rtsp-relay.ts'

/** A fake camera as its command shows it. */
export interface HandRunCamera {
  readonly url: string
  /** With credentials where it wants some. */
  readonly urlToWatch: string
  /** What it can be told while it runs. */
  readonly commands: ReadonlyMap<string, (argument: string) => unknown>
  /** Lets the fault of its modes begin. */
  readonly begins: (() => void) | undefined
  /** Who watches, in a sentence. */
  state(): string
  stop(): Promise<void>
}

/** An RTSP camera with these modes; behind a bad network where they say so. */
export async function startRtsp(options: HandRunOptions): Promise<HandRunCamera> {
  const modes = findModes(options.modes, rtspModes())
  const clip = await clipOf(options, options.size)
  const settings: FakeCameraSettings = Object.assign(
    { clip },
    ...modes.map((mode) => mode.settings),
    options.path !== undefined && { path: options.path },
    options.credentials && { credentials: options.credentials },
    options.tls && { tls: makeCertificate() },
  )
  const network = modes.map((mode) => mode.network).find((faults) => faults !== undefined)
  const camera = await startFakeCamera({ ...settings, port: network ? 0 : options.port })
  const relay: RtspRelay | undefined = network && (await startRtspRelay(camera.port, network, options.port))
  const url = relay?.through(camera.url) ?? camera.url
  const { fault } = modes.find((mode) => mode.fault !== undefined) ?? {}
  return {
    url,
    urlToWatch: withLogin(url, settings.credentials),
    commands: new Map<string, (argument: string) => unknown>([
      ...FAULTS.filter((name) => name !== 'none').map((name) => [name, () => camera.misbehave(name)] as const),
      ['resume', camera.resume],
      ['kill', camera.kill],
      ['revive', camera.revive],
      ['size', async (size) => camera.play(await clipOf(options, size))],
    ]),
    begins: fault && (() => camera.misbehave(fault)),
    state: () => `${camera.connections} clients connected, ${camera.sessions} sessions`,
    stop: async () => {
      await relay?.stop()
      await camera.stop()
    },
  }
}

/** An HTTP camera with these modes. */
export async function startMjpeg(options: HandRunOptions): Promise<HandRunCamera> {
  const modes = findModes(options.modes, mjpegModes())
  const jpegs = await loadJpegs({ size: options.size, count: 100 })
  const manners: MjpegManners = Object.assign({}, ...modes.map((mode) => mode.manners))
  const gate: Gate | undefined = options.credentials ? { auth: 'digest', ...manners.gate, ...options.credentials } : manners.gate
  const camera = await startFakeMjpegCamera({ ...manners, ...(gate && { gate }), jpegs, fps: options.fps, port: options.port })
  const { fault } = modes.find((mode) => mode.fault !== undefined) ?? {}
  return {
    url: camera.url,
    urlToWatch: withLogin(camera.url, gate),
    commands: new Map<string, () => unknown>([
      ...MJPEG_FAULTS.filter((name) => name !== 'none').map((name) => [name, () => camera.misbehave(name)] as const),
      ['resume', () => camera.misbehave('none')],
      ['kill', camera.kill],
      ['revive', camera.revive],
    ]),
    begins: fault && (() => camera.misbehave(fault)),
    state: () => `${camera.viewers} viewers, ${camera.requests} requests so far`,
    stop: async () => camera[Symbol.asyncDispose](),
  }
}

function clipOf({ codec, gop, fps, bitrate, mark, slices }: HandRunOptions, size: string): Promise<Clip> {
  const [width = 0, height = 0] = size.split('x').map(Number)
  if (codec === 'jpeg') return loadJpegClip({ width, height, fps })
  return loadClip({ codec, width, height, fps, gop, bitrate, mark, slices, frames: gop * Math.max(1, Math.round(250 / gop)) })
}

function withLogin(url: string, credentials: { readonly user: string; readonly password: string } | undefined): string {
  if (!credentials) return url
  const { user, password } = credentials
  return url.replace('://', `://${encodeURIComponent(user)}:${encodeURIComponent(password)}@`)
}
