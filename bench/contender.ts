import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import type { Readable } from 'node:stream'
import { startGateway } from './gateway.ts'

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
  const gateway = await startGateway([cameraUrl])
  const stream = await openStream(`${gateway.url}/camera/1`)
  return { name: 'atalaya', pid: gateway.pid, stream, stop: () => gateway[Symbol.asyncDispose]() }
}

/** The `ffmpeg` command, as people put it behind their own servers. */
export async function startFfmpeg(cameraUrl: string): Promise<Contender> {
  const input = ['-rtsp_transport', 'tcp', '-i', cameraUrl]
  const output = ['-an', '-c:v', 'mjpeg', '-q:v', '4', '-f', 'mpjpeg', 'pipe:1']
  const child = spawn('ffmpeg', ['-v', 'quiet', ...input, ...output], { stdio: ['ignore', 'pipe', 'inherit'] })
  return { name: 'ffmpeg', pid: child.pid ?? 0, stream: child.stdout, stop: () => end(child) }
}

function openStream(url: string): Promise<Readable> {
  return new Promise((resolve, reject) => get(url, { agent: false }, resolve).on('error', reject))
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}
