import type { EngineName } from '../api/engine-name.ts'
import { AtalayaError } from '../api/errors.ts'
import type { Track } from '../media/packet.ts'
import type { Log } from '../telemetry/log.ts'
import { CommandEngines } from './command/command-engines.ts'
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
import { EnginePool } from './engine-pool.ts'

/** Engines of one kind. */
interface EngineKind extends Engines {
  start(): void
  readonly pids: readonly number[]
  /** Resolves with what works here, in words; rejects with `engine_unavailable` where it does not. */
  ready(): Promise<string>
}

/**
 * What handles pixels on this machine: libav in processes of our own where the optional dependency node-av can be loaded, else
 * the `ffmpeg` command where that is installed; or the one that is asked for.
 */
export class ChosenEngines implements Engines {
  readonly #log: Log
  readonly #candidates: readonly [name: EngineName, engines: EngineKind][]
  #choosing: Promise<EngineKind> | undefined
  #chosen: EngineName | undefined

  /** `wish`: the only one that is tried, or `auto`. */
  constructor(log: Log, wish: EngineName | 'auto' = 'auto') {
    this.#log = log
    const all: [name: EngineName, engines: EngineKind][] = [
      ['node-av', new EnginePool(log)],
      ['ffmpeg', new CommandEngines(log)],
    ]
    this.#candidates = all.filter(([name]) => wish === 'auto' || wish === name)
  }

  /** Finds out in the background what works, so that the first viewer finds it warm. */
  start(): void {
    this.#choose().catch(() => undefined) // whoever opens something is told
  }

  /** What works; undefined where that was not found out yet, because nothing had to be decoded, or where nothing does. */
  get name(): EngineName | undefined {
    return this.#chosen
  }

  get pids(): readonly number[] {
    return this.#candidates.flatMap(([, { pids }]) => pids)
  }

  /**
   * Finds out what works, in words for people.
   * @throws {AtalayaError} `engine_unavailable` where nothing does.
   */
  async describe(): Promise<string> {
    return (await this.#choose()).ready()
  }

  async openDecoder(camera: string, track: Track, output: DecoderOutput): Promise<Decoder> {
    return (await this.#choose()).openDecoder(camera, track, output)
  }

  async openGenerator(pattern: TestPattern, output: GeneratorOutput): Promise<Generator> {
    return (await this.#choose()).openGenerator(pattern, output)
  }

  async openInput(request: InputRequest, output: InputOutput): Promise<Input> {
    return (await this.#choose()).openInput(request, output)
  }

  async drawNotice(notice: Notice): Promise<Buffer> {
    return (await this.#choose()).drawNotice(notice)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#candidates.map(([, engines]) => engines[Symbol.asyncDispose]()))
  }

  /** Decided once; where nothing works, whoever comes next looks again. */
  #choose(): Promise<EngineKind> {
    this.#choosing ??= this.#look().catch((error: unknown) => {
      this.#choosing = undefined
      throw error
    })
    return this.#choosing
  }

  async #look(): Promise<EngineKind> {
    const reasons: AtalayaError[] = []
    for (const [name, engines] of this.#candidates) {
      try {
        const words = await engines.ready()
        this.#chosen = name
        this.#log.info({ engine: name }, `pictures are decoded by ${words}`)
        return engines
      } catch (error) {
        if (!(error instanceof AtalayaError) || error.code !== 'engine_unavailable') throw error
        reasons.push(error)
      }
    }
    throw new AtalayaError('engine_unavailable', reasons.map(({ message }) => message).join(' '), { cause: reasons[0] })
  }
}
