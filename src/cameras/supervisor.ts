import { type OfflineReason, offlineReason } from '../api/camera-state.ts'
import { AtalayaError } from '../api/errors.ts'
import type { AudioPacket } from '../media/audio.ts'
import type { Packet, Track } from '../media/packet.ts'
import { type Micros, millis, now } from '../media/time.ts'
import type { Source, SourceOutput } from '../sources/source.ts'
import { RetryPlan } from './retry-plan.ts'
import { StallWatchdog } from './stall-watchdog.ts'

/** What the supervisor tells its camera, beside what the source delivers. */
export interface SupervisorOutput extends SourceOutput {
  /** The connection failed; the next try begins after `retryIn`. */
  failed(reason: OfflineReason, error: AtalayaError, retryIn: Micros): void
}

/**
 * Keeps a source running for as long as it is wanted: the one layer that retries a camera. There is never more than one
 * connection at a time; a new one begins only after the former has let go of its socket.
 */
export class Supervisor {
  readonly #openSource: () => Source
  readonly #output: SupervisorOutput
  #plan = new RetryPlan()
  /** Counts the cameras that were meant, one after the other. */
  #generation = 0
  #run: Run | undefined
  #finished: Promise<void> = Promise.resolve()

  constructor(openSource: () => Source, output: SupervisorOutput) {
    this.#openSource = openSource
    this.#output = output
  }

  get isRunning(): boolean {
    return this.#run !== undefined
  }

  start(): void {
    if (this.#run) return
    const run: Run = { interrupt: () => undefined, fail: () => undefined }
    this.#run = run
    this.#finished = this.#finished.then(() => this.#keepConnected(run))
  }

  /** Resolves when the connection is torn down and its socket released. */
  async stop(): Promise<void> {
    const run = this.#run
    this.#run = undefined
    run?.interrupt()
    await this.#finished
  }

  /** Drops the connection, or cuts the wait for the next try short, and connects at once. */
  reconnect(): void {
    this.#run?.interrupt()
  }

  /** Drops the connection for a reason that the source cannot know of, and goes on as after any failure. */
  fail(error: AtalayaError): void {
    this.#run?.fail(error)
  }

  /** As `reconnect()`, for a camera with other settings: what was learnt of the former one is forgotten. */
  startAnew(): void {
    this.#plan = new RetryPlan()
    this.#generation++
    this.reconnect()
  }

  async #keepConnected(run: Run): Promise<void> {
    while (this.#run === run) {
      const generation = this.#generation
      const failure = await this.#connect(run)
      if (!failure || this.#run !== run || this.#generation !== generation) continue
      const reason = this.#plan.interpret(offlineReason(failure))
      const retryIn = this.#plan.delayAfter(reason, now())
      this.#output.failed(reason, failure, retryIn)
      await this.#pause(run, retryIn)
    }
  }

  /** One connection from beginning to end. Resolves with the failure, or with nothing when it was interrupted on purpose. */
  async #connect(run: Run): Promise<AtalayaError | undefined> {
    const connection = new AbortController()
    let failure: AtalayaError | undefined
    run.interrupt = () => connection.abort()
    run.fail = (error) => {
      failure ??= error
      connection.abort()
    }
    const watchdog = new StallWatchdog(run.fail)
    try {
      await this.#openSource().run(this.#watched(watchdog, connection.signal), connection.signal)
      if (failure) return failure
      return connection.signal.aborted ? undefined : new AtalayaError('closed')
    } catch (error) {
      if (error instanceof AtalayaError) return error
      return new AtalayaError('internal_error', `The source failed: ${(error as Error).message}`, { cause: error })
    } finally {
      watchdog.stop()
      run.interrupt = () => undefined
      run.fail = () => undefined
    }
  }

  /** What still comes while a connection is being torn down is nobody's any more. */
  #watched(watchdog: StallWatchdog, signal: AbortSignal): SourceOutput {
    let firstPacketAt: Micros | undefined
    let isHealthy = false
    return {
      track: (track: Track) => {
        if (signal.aborted) return
        watchdog.track(track)
        this.#output.track(track)
      },
      packet: (packet: Packet) => {
        if (signal.aborted) return
        watchdog.packet()
        firstPacketAt ??= this.#onFirstPacket()
        if (!isHealthy && now() - firstPacketAt > HEALTHY_AFTER) {
          isHealthy = true
          this.#plan.recovered()
        }
        this.#output.packet(packet)
      },
      // Audio is no sign of life: only pictures count.
      audio: (packet: AudioPacket) => {
        if (!signal.aborted) this.#output.audio?.(packet)
      },
    }
  }

  #onFirstPacket(): Micros {
    this.#plan.loggedIn()
    return now()
  }

  async #pause(run: Run, delay: Micros): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, delay / 1000)
      run.interrupt = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    run.interrupt = () => undefined
  }
}

/** From one `start()` to its `stop()`. */
interface Run {
  /** Ends whatever goes on now: the connection or the wait for the next. */
  interrupt(): void
  /** Ends the connection that goes on now, as failed. */
  fail(error: AtalayaError): void
}

/** So much video ends an outage. */
const HEALTHY_AFTER = millis(10_000)
