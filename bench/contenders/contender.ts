import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import { pause } from '../waiting.ts'

/** A program that turns an RTSP camera into a stream of JPEGs over HTTP; each part tells its length. */
export interface Contender extends AsyncDisposable {
  readonly name: string
  /** Of the process that has all others below it. */
  readonly pid: number
  /** Of the stream. */
  readonly url: string
}

/** Starts a contender that shows this camera, 960×540 unless it asks for the camera's own size; resolves when it can be asked for the stream. */
export type StartContender = (cameraUrl: string, size?: { readonly width: number; readonly height: number }) => Promise<Contender>

/** Runs a command until it is disposed of; it does not outlive the bench. Resolves when its port answers. */
export async function runContender(name: string, command: readonly string[], url: string, env?: object): Promise<Contender> {
  const [program = '', ...args] = command
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } })
  let said = ''
  child.stderr.on('data', (text) => {
    said = (said + String(text)).slice(-2000)
  })
  child.once('error', (error) => {
    said = error.message
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  try {
    await answers(child, url, name)
  } catch (error) {
    kill()
    throw new Error(`${name} does not serve:\n${said}`, { cause: error })
  }
  return { name, pid: child.pid ?? 0, url, [Symbol.asyncDispose]: () => end(child) }
}

async function answers(child: ChildProcess, url: string, name: string): Promise<void> {
  if (name === 'ffmpeg') return // it serves one viewer in its life
  for (const deadline = performance.now() + 30_000; performance.now() < deadline; await pause(0.2)) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`)
    if (await beginsToAnswer(url)) return
  }
  throw new Error('it does not answer')
}

function beginsToAnswer(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: 2000 }, (response) => {
      response.once('data', () => {
        resolve(true)
        request.destroy()
      })
      response.on('error', () => resolve(false))
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(false))
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 3000)
  await once(child, 'exit')
  clearTimeout(timer)
}
