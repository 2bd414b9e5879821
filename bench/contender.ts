import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import { createServer } from 'node:net'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

/** A program that turns an RTSP camera into a stream of JPEGs, and that stream, opened by one viewer. */
export interface Contender {
  readonly name: string
  readonly pid: number
  /** Multipart bytes with Content-Length in each part. */
  readonly stream: Readable
  stop(): Promise<void>
}

/** The built gateway with one camera and one HTTP viewer. */
export async function startAtalaya(cameraUrl: string): Promise<Contender> {
  const port = await freePort()
  const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
  const child = spawn(process.execPath, [main, 'serve', cameraUrl, '--port', String(port)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const stream = await openStream(`http://127.0.0.1:${port}/camera/1`, performance.now() + 15_000)
  return { name: 'atalaya', pid: child.pid ?? 0, stream, stop: () => end(child) }
}

/** The `ffmpeg` command, as people put it behind their own servers. */
export async function startFfmpeg(cameraUrl: string): Promise<Contender> {
  const input = ['-rtsp_transport', 'tcp', '-i', cameraUrl]
  const output = ['-an', '-c:v', 'mjpeg', '-q:v', '4', '-f', 'mpjpeg', 'pipe:1']
  const child = spawn('ffmpeg', ['-v', 'quiet', ...input, ...output], { stdio: ['ignore', 'pipe', 'inherit'] })
  return { name: 'ffmpeg', pid: child.pid ?? 0, stream: child.stdout, stop: () => end(child) }
}

async function openStream(url: string, deadline: number): Promise<Readable> {
  for (;;) {
    const response = await new Promise<Readable | undefined>((resolve) => {
      get(url, { agent: false }, resolve).on('error', () => resolve(undefined))
    })
    if (response) return response
    if (performance.now() > deadline) throw new Error(`${url} does not answer`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (!address || typeof address !== 'object') throw new Error('no free port')
  return address.port
}
