import { availableParallelism } from 'node:os'
import { AtalayaError } from '../api/errors.ts'
import type { Track } from '../media/packet.ts'
import { type Micros, millis, now } from '../media/time.ts'
import type { Log } from '../telemetry/log.ts'
import { CrashRecord } from './crash-record.ts'
import type {
  Decoder,
  DecoderOutput,
  Engines,
  Generator,
  GeneratorOutput,
  Input,
  InputOutput,
  InputRequest,
  Notice,
  TestPattern,
} from './engine.ts'
import { EngineProcess, WATCH_INTERVAL_MS } from './engine-process.ts'
import { RemoteDecoder } from './remote-decoder.ts'
import { RemoteGenerator } from './remote-generator.ts'
import { RemoteInput } from './remote-input.ts'
import { drawInEngine } from './remote-notice.ts'

/** After so many starts in a row that failed for no known reason, no engine is believed to run here. */
const MAX_FAILED_STARTS = 3
/** Where no engine can run, nobody tries again for so long. */
const START_RETRY: Micros = millis(30_000)
/** Idle engines beyond the one that is kept warm are ended after so long. */
const IDLE_KEPT: Micros = millis(30_000)

interface Place {
  readonly engine: EngineProcess
  /** Given to one suspect camera alone. */
  isExclusive: boolean
  /** Sessions that wait for it to be ready. */
  reserved: number
  idleSince: Micros
}

/**
 * The engine processes: as many at work as the machine has processors, and one idle and warm, so that nobody waits for
 * a start. A camera whose stream crashes engines gets one to itself, and then none.
 */
export class EnginePool implements Engines {
  readonly #log: Log
  readonly #limit: number
  readonly #crashes = new CrashRecord()
  readonly #places = new Set<Place>()
  #watch: NodeJS.Timeout | undefined
  #unavailable: { readonly error: AtalayaError; readonly until: Micros } | undefined
  #failedStarts = 0
  #isDisposed = false

  /** `limit`: so many engines at most are at work; the default is the number of processors. */
  constructor(log: Log, limit = availableParallelism()) {
    this.#log = log
    this.#limit = limit
  }

  /** Starts the first engine in the background, so that the first viewer finds it warm. */
  start(): void {
    this.#watch ??= setInterval(() => this.#lookAfterEngines(), WATCH_INTERVAL_MS).unref()
    this.#keepOneIdle()
  }

  /** The processes that run, for the status page and for tests. */
  get pids(): readonly number[] {
    return [...this.#places].flatMap(({ engine }) => engine.pid ?? [])
  }

  /** @throws {AtalayaError} `engine_unavailable` where no engine can run. */
  async ready(): Promise<string> {
    return this.#inEngine(false, () => 'node-av, libav in processes of its own')
  }

  async openDecoder(camera: string, track: Track, output: DecoderOutput): Promise<Decoder> {
    return this.#inEngine(this.#admit(camera) === 'alone', (place) => {
      const closed = () => this.#vacated(place)
      return new RemoteDecoder(place.engine, { camera, track, closed }, output)
    })
  }

  async openGenerator(pattern: TestPattern, output: GeneratorOutput): Promise<Generator> {
    return this.#inEngine(false, (place) => {
      const closed = () => this.#vacated(place)
      return new RemoteGenerator(place.engine, { pattern, closed }, output)
    })
  }

  async openInput(request: InputRequest, output: InputOutput): Promise<Input> {
    this.#admit(request.name)
    return this.#inEngine(true, (place) => {
      const closed = () => this.#vacated(place)
      return new RemoteInput(place.engine, { request, closed }, output)
    })
  }

  async drawNotice(notice: Notice): Promise<Buffer> {
    // In an object, for a promise would be waited for while the place is still reserved.
    const { drawn } = await this.#inEngine(false, (place) => ({
      drawn: drawInEngine(place.engine, notice, () => this.#vacated(place)),
    }))
    return drawn
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true
    clearInterval(this.#watch)
    await Promise.all([...this.#places].map(({ engine }) => engine.end()))
  }

  #admit(camera: string): 'trusted' | 'alone' {
    const verdict = this.#crashes.verdict(camera)
    if (verdict !== 'quarantined') return verdict
    throw new AtalayaError(
      'quarantined',
      `The stream of ${camera} crashed the decoder three times and is set aside for five minutes.`,
    )
  }

  /** Opens something in a suitable engine as soon as that is ready. */
  async #inEngine<T>(isAlone: boolean, open: (place: Place) => T): Promise<T> {
    this.start()
    for (;;) {
      if (this.#isDisposed) throw new AtalayaError('shutting_down')
      if (this.#unavailable !== undefined && now() < this.#unavailable.until) throw this.#unavailable.error
      const place = this.#choose(isAlone)
      place.isExclusive ||= isAlone
      place.reserved++
      this.#keepOneIdle()
      const isReady = await place.engine.ready.then(
        () => true,
        () => false, // the next round tells why, or tries another
      )
      place.reserved--
      if (isReady && !place.engine.isClosed) return open(place)
    }
  }

  /** An idle engine while more may be at work, the least loaded otherwise. */
  #choose(isAlone: boolean): Place {
    const open = [...this.#places].filter(({ engine, isExclusive }) => !engine.isClosed && !isExclusive)
    const busy = open.filter((place) => load(place) > 0)
    const idle = open.find((place) => load(place) === 0)
    if (isAlone || busy.length < this.#limit) return idle ?? this.#startEngine()
    return busy.reduce((least, place) => (load(place) < load(least) ? place : least))
  }

  #startEngine(): Place {
    const engine = EngineProcess.start(this.#log, (camera) => this.#crashes.blame(camera))
    const place: Place = { engine, isExclusive: false, reserved: 0, idleSince: now() }
    this.#places.add(place)
    engine.ready.then(
      () => {
        this.#failedStarts = 0
      },
      (error: AtalayaError) => this.#startFailed(engine, error),
    )
    void engine.ended.then(() => {
      this.#places.delete(place)
      this.#keepOneIdle()
    })
    return place
  }

  #startFailed(engine: EngineProcess, error: AtalayaError): void {
    this.#failedStarts++
    if (this.#isDisposed) return
    if (engine.cannotRun || this.#failedStarts >= MAX_FAILED_STARTS) {
      this.#failedStarts = 0
      this.#unavailable = { error, until: (now() + START_RETRY) as Micros }
      this.#log.error({ error: error.message }, 'no engine can run')
    }
    void engine.end()
  }

  #keepOneIdle(): void {
    if (this.#isDisposed || (this.#unavailable !== undefined && now() < this.#unavailable.until)) return
    this.#unavailable = undefined
    if (!this.#idle().some(({ isExclusive }) => !isExclusive)) this.#startEngine()
  }

  #vacated(place: Place): void {
    if (load(place) > 0) return
    place.idleSince = now()
    place.isExclusive = false
  }

  #lookAfterEngines(): void {
    for (const { engine } of this.#places) engine.watch()
    for (const { engine, idleSince } of this.#idle().slice(1)) {
      if (now() - idleSince > IDLE_KEPT) void engine.end()
    }
  }

  #idle(): Place[] {
    return [...this.#places].filter((place) => !place.engine.isClosed && load(place) === 0)
  }
}

function load({ engine, reserved }: Place): number {
  return engine.sessionCount + reserved
}
