import { type BigIntStats, statSync } from 'node:fs'
import { stat } from 'node:fs/promises'

/** What a watch works with. */
export interface FileWatchOptions {
  /** Called once a change has settled. The next look waits for it. */
  readonly onChange: () => Promise<unknown>
  /** How often to look. What looks the same twice in a row has settled: a file half written is not read. */
  readonly everyMs?: number
}

/**
 * Watches files by looking at them, whether they are there or not. That sees what the system's notifications do not: files that
 * editors replace, links that Kubernetes turns, folders of a container's host or of another machine.
 */
export class FileWatch implements Disposable {
  readonly #onChange: FileWatchOptions['onChange']
  readonly #everyMs: number
  /** What each file looked like when it was last taken notice of. */
  readonly #known = new Map<string, string>()
  #settling: string | undefined
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor({ onChange, everyMs = LOOK_EVERY_MS }: FileWatchOptions) {
    this.#onChange = onChange
    this.#everyMs = everyMs
  }

  /** Begins to look. */
  start(): void {
    this.#lookLater()
  }

  /** To be called before a file is read for the first time: what happens to it from now on is a change. */
  add(file: string): void {
    if (!this.#known.has(file)) this.#known.set(file, stampNow(file))
  }

  [Symbol.dispose](): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
  }

  #lookLater(): void {
    if (!this.#isClosed) this.#timer = setTimeout(() => void this.#look().finally(() => this.#lookLater()), this.#everyMs).unref()
  }

  async #look(): Promise<void> {
    const seen = await Promise.all([...this.#known.keys()].map(async (file) => [file, await stampOf(file)] as const))
    const isChanged = seen.some(([file, stamp]) => this.#known.get(file) !== stamp)
    const isSettled = this.#settling === String(seen)
    this.#settling = isChanged && !isSettled ? String(seen) : undefined
    if (!isChanged || !isSettled || this.#isClosed) return
    for (const [file, stamp] of seen) this.#known.set(file, stamp)
    await this.#onChange()
  }
}

const LOOK_EVERY_MS = 500

async function stampOf(file: string): Promise<string> {
  try {
    return formatStamp(await stat(file, { bigint: true }))
  } catch (error) {
    return noStamp(error)
  }
}

function stampNow(file: string): string {
  try {
    return formatStamp(statSync(file, { bigint: true }))
  } catch (error) {
    return noStamp(error)
  }
}

/** Tells one version of a file from another; links are followed. */
function formatStamp({ dev, ino, size, mtimeNs }: BigIntStats): string {
  return `${dev} ${ino} ${size} ${mtimeNs}`
}

function noStamp(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unreadable'
}
