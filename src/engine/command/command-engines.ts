import { AtalayaError } from '../../api/errors.ts'
import type { Track } from '../../media/packet.ts'
import type { Log } from '../../telemetry/log.ts'
import { CrashRecord } from '../crash-record.ts'
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
} from '../engine.ts'
import { CommandDecoder } from './command-decoder.ts'
import { CommandGenerator } from './command-generator.ts'
import { CommandInput } from './command-input.ts'
import { drawByCommand } from './command-notice.ts'
import { type FfmpegCommand, findFfmpeg } from './ffmpeg-command.ts'

/** How often a decoder is asked whether its command hangs. */
const WATCH_INTERVAL_MS = 500
/** Where there is no ffmpeg, nobody looks for it again for so long. */
const SEARCH_RETRY_MS = 30_000

/** The installed ffmpeg command in place of engine processes: one command for each decoder, input and generator. */
export class CommandEngines implements Engines {
  readonly #log: Log
  readonly #crashes = new CrashRecord()
  readonly #decoders = new Set<CommandDecoder>()
  readonly #generators = new Set<CommandGenerator>()
  readonly #inputs = new Set<CommandInput>()
  #watch: NodeJS.Timeout | undefined
  #search: Promise<FfmpegCommand> | undefined
  #isDisposed = false

  constructor(log: Log) {
    this.#log = log
  }

  /** Looks for the command in the background, so that the first viewer need not wait for that. */
  start(): void {
    this.#watch ??= setInterval(() => this.#lookAfterCommands(), WATCH_INTERVAL_MS).unref()
    this.#find().catch(() => undefined) // whoever opens something is told
  }

  /** The processes that run, for the status page and for tests. */
  get pids(): readonly number[] {
    const alone = [...this.#generators, ...this.#inputs].flatMap(({ pid }) => pid ?? [])
    return [...[...this.#decoders].flatMap(({ pids }) => pids), ...alone]
  }

  /** @throws {AtalayaError} `engine_unavailable` where there is no command that will do. */
  async ready(): Promise<string> {
    const { version, hasText, hasX264 } = await this.#open()
    const lacks = [...(hasText ? [] : ['letters']), ...(hasX264 ? [] : ['an H.264 encoder'])]
    return `the ffmpeg command, version ${version}${lacks.length > 0 ? `, built without ${lacks.join(' and ')}` : ''}`
  }

  async openDecoder(camera: string, track: Track, output: DecoderOutput): Promise<Decoder> {
    this.#admit(camera)
    const command = await this.#open()
    const decoder: CommandDecoder = new CommandDecoder(
      {
        ...{ command, camera, track, log: this.#log },
        closed: () => this.#decoders.delete(decoder),
        crashed: () => this.#crashes.blame(camera),
      },
      output,
    )
    this.#decoders.add(decoder)
    return decoder
  }

  async openGenerator(pattern: TestPattern, output: GeneratorOutput): Promise<Generator> {
    const command = await this.#open()
    const closed = () => this.#generators.delete(generator)
    const generator: CommandGenerator = new CommandGenerator(command, { pattern, closed }, output)
    this.#generators.add(generator)
    return generator
  }

  async openInput(request: InputRequest, output: InputOutput): Promise<Input> {
    this.#admit(request.name)
    const command = await this.#open()
    const closed = () => this.#inputs.delete(input)
    const crashed = () => this.#crashes.blame(request.name)
    const input: CommandInput = new CommandInput(command, { request, closed, crashed }, output)
    this.#inputs.add(input)
    return input
  }

  async drawNotice(notice: Notice): Promise<Buffer> {
    return drawByCommand(await this.#open(), notice)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true
    clearInterval(this.#watch)
    for (const part of [...this.#decoders, ...this.#generators]) part.close()
    await Promise.all([...this.#inputs].map((input) => input.release()))
  }

  #admit(camera: string): void {
    if (this.#crashes.verdict(camera) !== 'quarantined') return
    throw new AtalayaError(
      'quarantined',
      `The stream of ${camera} crashed the decoder three times and is set aside for five minutes.`,
    )
  }

  async #open(): Promise<FfmpegCommand> {
    if (this.#isDisposed) throw new AtalayaError('shutting_down')
    this.start()
    const command = await this.#find()
    if (this.#isDisposed) throw new AtalayaError('shutting_down')
    return command
  }

  #find(): Promise<FfmpegCommand> {
    this.#search ??= this.#look()
    return this.#search
  }

  async #look(): Promise<FfmpegCommand> {
    try {
      return await findFfmpeg()
    } catch (error) {
      this.#log.error({ error: (error as Error).message }, 'no ffmpeg command can be used')
      setTimeout(() => {
        this.#search = undefined
      }, SEARCH_RETRY_MS).unref()
      throw error
    }
  }

  #lookAfterCommands(): void {
    for (const decoder of this.#decoders) decoder.watch()
  }
}
