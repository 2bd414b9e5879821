import { type Micros, millis, now } from '../media/time.ts'

const PERIOD: Micros = millis(10_000)
const LINES_PER_PERIOD = 20
/** The last lines are kept: they say why a process died. */
const KEPT_LINES = 5
const MAX_LINE_CHARACTERS = 500

/** Cuts text into lines and passes on only some of a flood, saying how many were left out. */
export class RateLimitedLines {
  readonly #write: (line: string) => void
  readonly #last: string[] = []
  #rest = ''
  #periodEnds: Micros = now()
  #passed = 0
  #leftOut = 0

  constructor(write: (line: string) => void) {
    this.#write = write
  }

  /** The newest lines, oldest first. */
  get last(): readonly string[] {
    return this.#last
  }

  push(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = (lines.pop() ?? '').slice(0, MAX_LINE_CHARACTERS)
    for (const line of lines) if (line.trim() !== '') this.#line(line.slice(0, MAX_LINE_CHARACTERS))
  }

  #line(line: string): void {
    this.#last.push(line)
    if (this.#last.length > KEPT_LINES) this.#last.shift()
    if (now() >= this.#periodEnds) this.#beginPeriod()
    if (this.#passed >= LINES_PER_PERIOD) this.#leftOut++
    else {
      this.#passed++
      this.#write(line)
    }
  }

  #beginPeriod(): void {
    if (this.#leftOut > 0) this.#write(`${this.#leftOut} more lines left out`)
    this.#periodEnds = (now() + PERIOD) as Micros
    this.#passed = 0
    this.#leftOut = 0
  }
}
