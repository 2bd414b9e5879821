import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface GstreamerCameraSettings {
  /** GStreamer launch lines by their mount points, such as `/live`; the payloader is named `pay0`. Clients share the media. */
  readonly mounts: Readonly<Record<string, string>>
  readonly user?: string
  readonly password?: string
  /** `udp`: it refuses TCP. */
  readonly protocols?: 'udp'
  /** Digest unless given. */
  readonly auth?: 'basic' | 'digest'
  /** It speaks TLS, with this certificate and its key, both in one PEM text. */
  readonly certificate?: string
}

/** GStreamer's RTSP server on 127.0.0.1. */
export interface GstreamerCamera extends AsyncDisposable {
  /** The URL of a mount point, without credentials. */
  url(mount: string): string
  readonly port: number
  readonly pid: number
  /** Stands still from one moment to the next, with its connections open, until it is stopped. */
  freeze(): void
  /** RTSP sessions that are open now. */
  sessions(): Promise<number>
  stop(): Promise<void>
}

/** Starts GStreamer's RTSP server in a process of its own, on a free port. */
export async function startGstreamerCamera(settings: GstreamerCameraSettings): Promise<GstreamerCamera> {
  const child = spawn(PYTHON, [SCRIPT], { stdio: ['pipe', 'pipe', 'pipe'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  let complaints = ''
  child.stderr.on('data', (text) => {
    complaints = (complaints + text).slice(-4000)
  })
  const ask = async (request: unknown): Promise<Record<string, number>> => {
    child.stdin.write(`${JSON.stringify(request)}\n`)
    const { value, done } = await lines.next()
    if (done) throw new Error(`GStreamer's RTSP server ended: ${complaints}`)
    return JSON.parse(value)
  }
  const { port } = await ask(settings)
  if (port === undefined || child.pid === undefined) throw new Error(`GStreamer's RTSP server did not start: ${complaints}`)
  const stop = () => stopProcess(child)
  return {
    url: (mount) => `${settings.certificate ? 'rtsps' : 'rtsp'}://127.0.0.1:${port}${mount}`,
    port,
    pid: child.pid,
    freeze: () => void child.kill('SIGSTOP'),
    sessions: async () => (await ask('sessions'))['sessions'] ?? 0,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** A launch line for live test pictures in H.264, with a keyframe every second. */
export function testPictures({ width, height, fps }: { width: number; height: number; fps: number }): string {
  return [
    'videotestsrc is-live=true',
    `video/x-raw,width=${width},height=${height},framerate=${fps}/1`,
    `x264enc tune=zerolatency speed-preset=ultrafast key-int-max=${fps}`,
    'rtph264pay name=pay0 config-interval=-1',
  ].join(' ! ')
}

/** The distribution's own: GStreamer's binding is installed there and nowhere else. */
const PYTHON = '/usr/bin/python3'
const SCRIPT = fileURLToPath(new URL('gstreamer-camera.py', import.meta.url))

async function stopProcess(child: ChildProcessWithoutNullStreams): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGCONT')
  child.stdin.end()
  const timer = setTimeout(() => child.kill('SIGKILL'), 2000)
  await exited
  clearTimeout(timer)
}
