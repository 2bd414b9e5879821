import type { TcpProgress } from '../lib/tcp-progress.ts'

/**
 * Measures how fast a viewer's line takes bytes. Only the time during which bytes were under way counts, so a line that is
 * idle most of the time is known as well as a full one. It is asked to look from time to time; it has no timer.
 */
export class DrainMeter {
  readonly #read: () => TcpProgress | undefined
  readonly #now: () => number
  #samples: Sample[] = []
  #run: Run | undefined

  /** @param now the clock in milliseconds */
  constructor(read: () => TcpProgress | undefined, now: () => number = () => performance.now()) {
    this.#read = read
    this.#now = now
  }

  /** Undefined until something was long enough under way to tell. */
  get bytesPerSecond(): number | undefined {
    const ms = this.#samples.reduce((sum, sample) => sum + sample.ms, 0)
    const bytes = this.#samples.reduce((sum, sample) => sum + sample.bytes, 0)
    return ms > 0 ? (bytes * 1000) / ms : undefined
  }

  /** Something is under way: it is worth looking again soon. */
  get isBusy(): boolean {
    return this.#run !== undefined
  }

  /** To be called before bytes are written. */
  begin(): void {
    this.look()
    const progress = this.#run ? undefined : this.#read()
    if (progress) this.#run = { at: this.#now(), acked: progress.acked, waitsFor: progress.minRttMs }
  }

  /** Looks how far things are. True when the line is free for another picture. */
  look(): boolean {
    const progress = this.#read()
    if (!progress) return true
    const tail = TAIL_SEGMENTS * progress.segment
    if (this.#run) this.#follow(this.#run, progress, tail)
    const inTime = ((this.bytesPerSecond ?? 0) * (progress.minRttMs + HEAD_START_MS)) / 1000
    return progress.outstanding <= Math.max(tail, inTime)
  }

  #follow(run: Run, progress: TcpProgress, tail: number): void {
    const now = this.#now()
    const isOver = progress.outstanding <= tail
    if (!isOver && now - run.at < INTERIM_MS) return
    const end = isOver ? Math.max(run.at, now - progress.sinceAckMs) : now
    const bytes = progress.acked - run.acked
    if (bytes >= progress.segment / 2 || !isOver) this.#add({ bytes, ms: Math.max(LEAST_MS, end - run.at - run.waitsFor) })
    this.#run = isOver ? undefined : { at: now, acked: progress.acked, waitsFor: 0 }
  }

  #add(sample: Sample): void {
    const known = this.bytesPerSecond
    // A line that has become slow is believed at once: what was known of it only makes pictures old.
    const isWorse = known !== undefined && sample.ms >= TELLING_MS && (sample.bytes * 1000) / sample.ms < known / 2
    if (isWorse) this.#samples = []
    // A line that stands still, as while lost segments are sent again, is not a line of no bytes a second.
    const least = isWorse ? (known * sample.ms) / 1000 / MOST_FALL : 0
    this.#samples.push({ ...sample, bytes: Math.max(sample.bytes, least) })
    if (this.#samples.length > MOST_SAMPLES) this.#samples.shift()
  }
}

interface Sample {
  readonly bytes: number
  readonly ms: number
}

/** From the write into an idle connection to the arrival of all that followed. */
interface Run {
  readonly at: number
  readonly acked: number
  /** The first acknowledgement cannot come sooner. */
  readonly waitsFor: number
}

/** What is left when a picture counts as arrived. */
const TAIL_SEGMENTS = 2
/** The next picture is on its way when so much of the former one is left, so that a long line is never idle for a whole round trip. */
const HEAD_START_MS = 30
/** A run is not waited for longer than this. */
const INTERIM_MS = 300
const TELLING_MS = 150
const LEAST_MS = 0.5
/** In one step. */
const MOST_FALL = 8
const MOST_SAMPLES = 10
