import { stat } from 'node:fs/promises'
import { AtalayaError } from '../api/errors.ts'
import type { Log } from '../telemetry/log.ts'
import { changeUserFile, readUserFile, type UserData } from './user-file.ts'

/**
 * The users and keys of a running gateway. It looks at the file every second, so that what `atalaya user` and `atalaya key`
 * write holds at once. A file that cannot be read, or was there and is gone, keeps everybody out (`fault`).
 */
export class UserStore implements Disposable {
  readonly #file: string | undefined
  readonly #log: Log
  #data: UserData | undefined
  #fault: AtalayaError | undefined
  #mark = ''
  #timer: NodeJS.Timeout | undefined
  #reading: Promise<void> | undefined

  /** @param file none: there are no users and never will be */
  constructor(file: string | undefined, log: Log) {
    this.#file = file
    this.#log = log
  }

  /** What the file held when it could be read last; undefined where there never was one. */
  get data(): UserData | undefined {
    return this.#data
  }

  /** Why nobody may get in now. */
  get fault(): AtalayaError | undefined {
    return this.#fault
  }

  /** Reads the file and follows it from now on. Whether it could be read is told by `fault`. */
  async start(): Promise<void> {
    if (this.#file === undefined) return
    await this.refresh()
    this.#timer = setInterval(() => void this.refresh(), LOOK_EVERY_MS).unref()
  }

  /** Looks at the file now. */
  refresh(): Promise<void> {
    this.#reading ??= this.#refresh().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  /**
   * Changes the file, and what is known of it.
   * @throws {AtalayaError} `auth_unavailable`, `storage_full`, `storage_failed`
   */
  async change(change: (data: UserData) => UserData | undefined): Promise<void> {
    if (this.#file === undefined)
      throw new AtalayaError('auth_unavailable', 'This gateway keeps no users: it has no configuration file.')
    await changeUserFile(this.#file, change)
    await this.#reading
    await this.refresh()
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  async #refresh(): Promise<void> {
    const file = this.#file
    if (file === undefined) return
    try {
      const mark = await markOf(file)
      if (mark === this.#mark && !this.#fault) return
      const data = await readUserFile(file)
      if (!data && this.#data) throw new AtalayaError('auth_unavailable', `${file} is gone. Nobody gets in until it is back.`)
      if (this.#fault) this.#log.warn({ file }, 'the users can be read again')
      this.#data = data
      this.#mark = mark
      this.#fault = undefined
    } catch (error) {
      const fault = error instanceof AtalayaError ? error : unreadable(file, error as NodeJS.ErrnoException)
      if (fault.message !== this.#fault?.message) this.#log.error({ err: fault }, 'nobody gets in')
      this.#fault = fault
    }
  }
}

function unreadable(file: string, cause: NodeJS.ErrnoException): AtalayaError {
  return new AtalayaError('auth_unavailable', `${file} cannot be read (${cause.code ?? 'unknown reason'}).`, { cause })
}

/** Changes with the file; empty where there is none. */
async function markOf(file: string): Promise<string> {
  try {
    const { mtimeMs, ctimeMs, size, ino } = await stat(file)
    return [mtimeMs, ctimeMs, size, ino].join(' ')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return ''
  }
}

const LOOK_EVERY_MS = 1000
