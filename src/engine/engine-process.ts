import { type ChildProcess, fork } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { AtalayaError } from '../api/errors.ts'
import type { Log } from '../telemetry/log.ts'
import { MessageReader } from './message-reader.ts'
import { processEnvironment } from './process-environment.ts'
import { EMPTY, type Failure, MESSAGE, NO_SESSION, PIPE_FD, readJson, sendMessage } from './protocol.ts'
import { RateLimitedLines } from './rate-limited-lines.ts'

/** Usually it takes 0.2 s; a loaded machine is given more before it is given up. */
const START_TIMEOUT_MS = 10_000
/** How often `watch` is to be called. */
export const WATCH_INTERVAL_MS = 500
/** An idle engine is asked in every so manieth round whether it is alive, so that nobody's first picture waits for a dead one. */
const PING_EVERY_ROUNDS = 4
/** An engine that says nothing for so long although it has work is hung. */
const MAX_SILENCE_MS = 5000
/** So long an engine may take to end by itself. */
const END_TIMEOUT_MS = 1000

/** The main process's side of what an engine does for one camera. */
export interface EngineSession {
  /** Named when the engine dies while it works for this session; undefined: nobody is to blame. */
  readonly camera: string | undefined
  /** The engine has been given work that it has not yet done. */
  readonly awaitsEngine: boolean
  /** What becomes of the engine now may be the doing of this session's stream. */
  readonly isSuspect: boolean
  receive(type: number, body: Buffer): void
  /** The engine is gone; called once, and nothing afterwards. */
  failed(error: AtalayaError): void
}

/** One engine process and the pipe to it. */
export class EngineProcess {
  /** Settles when the engine can take work; rejects with `engine_unavailable` when it never will. */
  readonly ready: Promise<void>
  /** Settles when the process has ended and every session was told. */
  readonly ended: Promise<void>
  readonly #child: ChildProcess
  readonly #pipe: Duplex
  readonly #log: Log
  readonly #blame: (camera: string) => void
  readonly #stderr: RateLimitedLines
  readonly #sessions = new Map<number, EngineSession>()
  #nextSession = NO_SESSION + 1
  /** The session that the engine said it works for. */
  #working = NO_SESSION
  /** Rounds of the watch without a word from the engine. */
  #silentRounds = 0
  #rounds = 0
  #isReady = false
  /** It was asked whether it is alive. */
  #isPinged = false
  #isHung = false
  #isEnding = false
  #isGone = false
  #cannotRun = false
  #settleReady: (error?: AtalayaError) => void = () => undefined

  /**
   * Starts the process at once.
   * @param blame told of the camera whose stream it died of, before its sessions hear of the end and open others.
   */
  static start(log: Log, blame: (camera: string) => void): EngineProcess {
    const child = fork(ENTRY, [], {
      execArgv: [...V8_FLAGS, ...permissions()],
      env: processEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc', 'pipe'],
    })
    return new EngineProcess(child, log.child({ engine: child.pid }), blame)
  }

  private constructor(child: ChildProcess, log: Log, blame: (camera: string) => void) {
    this.#blame = blame
    this.#child = child
    this.#log = log
    this.#pipe = child.stdio[PIPE_FD] as Duplex
    this.#stderr = new RateLimitedLines((line) => log.debug({ line }, 'the engine says'))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#stderr.push(text))
    this.ready = this.#waitUntilReady()
    this.ready.catch((error: AtalayaError) => log.debug({ error: error.message }, 'the engine did not start'))
    this.ended = this.#waitForEnd()
    const reader = new MessageReader((type, session, body) => this.#receive(type, session, body))
    this.#pipe.on('data', (bytes: Buffer) => {
      this.#silentRounds = 0
      this.#isPinged = false
      this.#read(reader, bytes)
    })
    // A broken pipe is not the news: the end of the process follows, and is.
    this.#pipe.on('error', (error) => log.debug({ error: error.message }, 'the pipe to the engine broke'))
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get sessionCount(): number {
    return this.#sessions.size
  }

  /** The engine said that libav cannot be loaded: another would fare no better. */
  get cannotRun(): boolean {
    return this.#cannotRun
  }

  /** It takes no more sessions. */
  get isClosed(): boolean {
    return this.#isGone || this.#isEnding || this.#isHung
  }

  /** Adds a session and returns its number, by which `send` names it. */
  add(session: EngineSession): number {
    const id = this.#nextSession++
    this.#sessions.set(id, session)
    return id
  }

  /** Forgets a session; it hears nothing afterwards. */
  remove(id: number): void {
    this.#sessions.delete(id)
  }

  /** Sends one message; `data` is not copied. */
  send(type: number, session: number, fields: Buffer, data?: Buffer): void {
    if (!this.#isGone) sendMessage(this.#pipe, { type, session }, fields, data)
  }

  /**
   * Kills the engine if it has work, or was asked whether it is alive, but has been silent for too long. Silence is counted in calls of this, not by the
   * clock: after a pause of the main process itself the engine's words wait unread, and it is not to blame.
   */
  watch(): void {
    this.#askIfIdle()
    const isAwaited = this.#isPinged || [...this.#sessions.values()].some((session) => session.awaitsEngine)
    this.#silentRounds = isAwaited ? this.#silentRounds + 1 : 0
    if (this.isClosed || this.#silentRounds * WATCH_INTERVAL_MS < MAX_SILENCE_MS) return
    this.#isHung = true
    this.#log.warn({ silentMs: MAX_SILENCE_MS }, 'the engine does not answer: killed')
    this.#child.kill('SIGKILL')
  }

  /** Ends the process, by force if it does not by itself, and waits until it is gone. */
  async end(): Promise<void> {
    this.#isEnding = true
    this.#pipe.end()
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), END_TIMEOUT_MS)
    await this.ended
    clearTimeout(timer)
  }

  /** Ends the process by force, and waits until it is gone. */
  async kill(): Promise<void> {
    this.#isEnding = true
    this.#child.kill('SIGKILL')
    await this.ended
  }

  #askIfIdle(): void {
    if (!this.#isReady || this.#isPinged || this.#sessions.size > 0 || ++this.#rounds % PING_EVERY_ROUNDS !== 0) return
    this.#isPinged = true
    this.send(MESSAGE.ping, NO_SESSION, EMPTY)
  }

  #read(reader: MessageReader, bytes: Buffer): void {
    try {
      reader.push(bytes)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      this.#log.error({ error: error.message }, 'what the engine says is not understood: killed')
      this.#child.kill('SIGKILL')
    }
  }

  #receive(type: number, id: number, body: Buffer): void {
    if (type === MESSAGE.ready) this.#becomeReady()
    else if (type === MESSAGE.unavailable) this.#isUnavailable(readJson<Failure>(body))
    else if (type === MESSAGE.working) this.#working = id
    else if (type === MESSAGE.failed) this.#sessionFailed(id, readJson<Failure>(body))
    else this.#sessions.get(id)?.receive(type, body)
  }

  #becomeReady(): void {
    this.#isReady = true
    this.#settleReady()
  }

  #isUnavailable({ message }: Failure): void {
    this.#cannotRun = true
    this.#settleReady(unavailable(message))
  }

  #sessionFailed(id: number, { code, message }: Failure): void {
    const session = this.#sessions.get(id)
    this.#sessions.delete(id)
    session?.failed(new AtalayaError(code, `The engine cannot go on with this stream: ${message}.`))
  }

  #waitUntilReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#settleReady(unavailable(`an engine process was not ready within ${START_TIMEOUT_MS / 1000} s`))
        this.#child.kill('SIGKILL')
      }, START_TIMEOUT_MS)
      this.#settleReady = (error) => {
        clearTimeout(timer)
        if (error === undefined) resolve()
        else reject(error)
      }
    })
  }

  #waitForEnd(): Promise<void> {
    return new Promise((resolve) => {
      // 'close' follows when the pipes are drained; 'error' comes alone when the process could not be started at all.
      this.#child.once('close', (code, signal) => resolve(this.#ended(code, signal)))
      this.#child.once('error', (error) => {
        if (this.#child.pid === undefined) resolve(this.#ended(error.message, null))
      })
    })
  }

  #ended(code: number | string | null, signal: NodeJS.Signals | null): void {
    this.#isGone = true
    const how = signal ?? `exit code ${code}`
    this.#settleReady(unavailable(`the engine process ended at once (${how}) ${this.#stderr.last.join(' | ')}`))
    const culprit = this.#culprit(signal)
    if (!this.#isEnding) this.#log.warn({ how, culprit, stderr: this.#stderr.last }, 'an engine ended unexpectedly')
    const error = this.#isEnding
      ? new AtalayaError('shutting_down')
      : new AtalayaError('internal_error', `The engine that worked for this camera ended (${how}); another can take over.`)
    if (culprit !== undefined) this.#blame(culprit)
    for (const session of this.#sessions.values()) session.failed(error)
    this.#sessions.clear()
  }

  /** A kill from outside is nobody's fault; otherwise the camera is to blame that the engine works for. */
  #culprit(signal: NodeJS.Signals | null): string | undefined {
    const isKilledFromOutside = (signal === 'SIGKILL' || signal === 'SIGTERM') && !this.#isHung
    const session = this.#sessions.get(this.#working)
    return this.#isEnding || isKilledFromOutside || !session?.isSuspect ? undefined : session.camera
  }
}

function unavailable(reason: string): AtalayaError {
  return new AtalayaError(
    'engine_unavailable',
    `Pictures cannot be decoded on this machine: ${reason.trim()}. Install the optional dependency node-av (npm install node-av); ` +
      'it needs glibc 2.28 or later on Linux x64 or arm64, macOS or Windows. Meanwhile cameras whose video has to be decoded ' +
      'show no pictures; all else works.',
  )
}

/** The entry runs from source under Node.js that strips types, and from the build otherwise. */
const ENTRY = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './child/engine-child.ts' : './child/engine-child.js', import.meta.url),
)

/**
 * The JavaScript of an engine may write no file and start no program, where Node.js knows how to see to that (from 22.13 on). What native
 * code does is not bound by it. A thread looks after the parent where the kernel does not.
 */
function permissions(): readonly string[] {
  const flags = ['--permission', '--allow-addons', '--allow-worker', '--allow-fs-read=*', '--disable-warning=SecurityWarning']
  const known = process.allowedNodeEnvironmentFlags
  return flags.every((flag) => known.has(flag.replace(/=.*/, ''))) ? flags : []
}

/** An engine's JavaScript holds next to nothing: small heaps and few threads keep it so. */
const V8_FLAGS = ['--max-semi-space-size=2', '--v8-pool-size=1']
