/** A picture on its way to a page. */
export interface Shipment {
  readonly bytes: number
  /** By the clock of its meter. */
  readonly sentAt: number
}

/**
 * Measures how fast the way to a page takes bytes, end to end, from what the page acknowledges, and bounds how many are on it. The
 * way is taken for a queue: a picture passes it from when it could be there on an empty way, or when the one before it was there,
 * until it is. Only that time counts, so a way that is idle most of the time is known as well as a full one, and a long one is not
 * taken for a slow one.
 */
export class LineMeter {
  readonly #now: () => number
  readonly #onTheWay = new Set<Shipment>()
  #pending = 0
  #arrivedAt = Number.NEGATIVE_INFINITY
  /** To the page and back on an empty way, in milliseconds. */
  #roundTrip = Number.POSITIVE_INFINITY
  /** The last few that had pictures in them. */
  #spans: Span[] = []
  #present: Span = EMPTY

  /** @param now the clock in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** Undefined until it has been watched for a while: connections begin slowly, whatever the line. */
  get bytesPerSecond(): number | undefined {
    return this.#spans.length < LEAST_SPANS ? undefined : this.#rate
  }

  /** Whether so many more bytes may be sent: at most what arrives in half a second, so that no picture waits longer. One always may. */
  has(bytes: number): boolean {
    return this.#pending === 0 || this.#pending + bytes <= Math.max(LEAST_BYTES, (this.#rate ?? FIRST_RATE) * MOST_WAIT_S)
  }

  /** A picture is about to be sent. */
  send(bytes: number): Shipment {
    const shipment = { bytes, sentAt: this.#now() }
    this.#onTheWay.add(shipment)
    this.#pending += bytes
    return shipment
  }

  /** A picture is acknowledged, which the page has had for some time. Tell of them in the order in which they were sent. */
  arrive(shipment: Shipment, heldMs: number): void {
    this.drop(shipment)
    const at = Math.max(this.#arrivedAt, shipment.sentAt, this.#now() - heldMs)
    this.hear(at - shipment.sentAt)
    const { bytes, ms } = this.#present
    this.#present = { bytes: bytes + shipment.bytes, ms: ms + this.#passingMs(shipment, at) }
    this.#arrivedAt = at
  }

  /** A picture is not waited for any more. */
  drop(shipment: Shipment): void {
    if (this.#onTheWay.delete(shipment)) this.#pending -= shipment.bytes
  }

  /** The page has answered something small after this time. */
  hear(roundTripMs: number): void {
    this.#roundTrip = Math.min(this.#roundTrip, roundTripMs)
  }

  /** To be called a few times a second. A page that was asked for little is not taken for a slow one. */
  measure(): void {
    this.#roundTrip = this.#roundTrip * ROUND_TRIP_GROWTH + ROUND_TRIP_GROWTH_MS
    if (this.#present.bytes === 0) return
    this.#spans = [...this.#spans, this.#present].slice(-MOST_SPANS)
    this.#present = EMPTY
  }

  /** The page was away: what it says of that time is not about the line. */
  forget(): void {
    this.#spans = []
    this.#present = EMPTY
    this.#arrivedAt = this.#now()
  }

  get #rate(): number | undefined {
    const spans = [...this.#spans, this.#present, this.#underway]
    const bytes = spans.reduce((sum, span) => sum + span.bytes, 0)
    const ms = spans.reduce((sum, span) => sum + span.ms, 0)
    return bytes > 0 ? (bytes * 1000) / Math.max(LEAST_MS, ms) : undefined
  }

  /** The picture that has been passing for so long that it tells something before it is there. */
  get #underway(): Span {
    const [oldest] = this.#onTheWay
    const ms = oldest ? this.#passingMs(oldest, this.#now()) : 0
    return oldest && ms >= TELLING_MS ? { bytes: oldest.bytes, ms } : EMPTY
  }

  #passingMs({ sentAt }: Shipment, until: number): number {
    return Math.max(0, until - Math.max(sentAt + this.#roundTrip + UNEVEN_MS, this.#arrivedAt))
  }
}

/** What arrived between two measurements, and for how long something was passing. */
interface Span {
  readonly bytes: number
  readonly ms: number
}

const EMPTY: Span = { bytes: 0, ms: 0 }
const LEAST_SPANS = 2
const MOST_SPANS = 3
/** Pages that are busy hear of a picture so much later. */
const UNEVEN_MS = 10
const TELLING_MS = 300
const LEAST_MS = 1
const MOST_WAIT_S = 0.5
const LEAST_BYTES = 64 * 1024
/** Bytes a second, while nothing is known. */
const FIRST_RATE = 256 * 1024
/** The shortest round trip is believed for some seconds: ways change. */
const ROUND_TRIP_GROWTH = 1.05
const ROUND_TRIP_GROWTH_MS = 0.5
