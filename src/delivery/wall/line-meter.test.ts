import { describe, expect, it } from 'vitest'
import { LineMeter, type Shipment } from './line-meter.ts'

/** A page at the end of a line, which holds pictures for a while before it acknowledges them; time passes when told. */
class Page {
  time = 0
  readonly meter = new LineMeter(() => this.time)
  /** The oldest picture came to be so many milliseconds old when it was acknowledged, of those since this was reset. */
  oldest = 0
  rate: number
  readonly #roundTrip: number
  readonly #holds: number
  readonly #onTheWay: { readonly shipment: Shipment; left: number; answeredAt: number }[] = []

  constructor(rate: number, { roundTrip = 2, holds = 0 } = {}) {
    this.rate = rate
    this.#roundTrip = roundTrip
    this.#holds = holds
    this.meter.hear(roundTrip)
  }

  get underway(): number {
    return this.#onTheWay.length
  }

  /** Sends pictures of so many bytes at this rate, as far as the meter lets them pass. */
  play(seconds: number, { bytes, fps }: { bytes: number; fps: number }): void {
    for (const end = this.time + seconds * 1000; this.time < end; this.time++) {
      if (this.time % Math.round(1000 / fps) === 0 && this.meter.has(bytes))
        this.#onTheWay.push({ shipment: this.meter.send(bytes), left: bytes, answeredAt: Number.POSITIVE_INFINITY })
      this.#carry()
      while ((this.#onTheWay[0]?.answeredAt ?? Number.POSITIVE_INFINITY) <= this.time) this.#acknowledge()
      if (this.time % 400 === 0) this.meter.measure()
    }
  }

  /** What the line takes in a millisecond. */
  #carry(): void {
    let room = this.rate / 1000
    for (const picture of this.#onTheWay) {
      const taken = Math.min(room, picture.left)
      picture.left -= taken
      room -= taken
      if (taken > 0 && picture.left === 0) picture.answeredAt = this.time + this.#roundTrip + this.#holds
    }
  }

  #acknowledge(): void {
    const arrived = this.#onTheWay.shift()
    if (!arrived) return
    this.oldest = Math.max(this.oldest, this.time - arrived.shipment.sentAt)
    this.meter.arrive(arrived.shipment, this.#holds)
  }
}

describe('the meter of the way to a page', () => {
  it('knows nothing before anything has arrived', () => {
    const page = new Page(1e6)
    page.time = 5000
    page.meter.measure()
    expect(page.meter.bytesPerSecond).toBeUndefined()
  })

  it.each([40_000, 125_000, 1e6])('measures a line of %i bytes a second that is idle half of the time', (rate) => {
    const page = new Page(rate)
    page.play(4, { bytes: rate / 10, fps: 5 })
    expect(page.meter.bytesPerSecond).toBeGreaterThan(rate * 0.9)
    expect(page.meter.bytesPerSecond).toBeLessThan(rate * 1.25)
  })

  it.each([125_000, 1e6])('measures a line of %i bytes a second that is full', (rate) => {
    const page = new Page(rate)
    page.play(4, { bytes: 20_000, fps: 100 })
    expect(page.meter.bytesPerSecond).toBeGreaterThan(rate * 0.9)
    expect(page.meter.bytesPerSecond).toBeLessThan(rate * 1.1)
  })

  it('takes neither a long way nor a page that draws slowly for a line that takes little', () => {
    const page = new Page(5e6, { roundTrip: 150, holds: 80 })
    page.play(4, { bytes: 10_000, fps: 100 })
    expect(page.meter.bytesPerSecond).toBeGreaterThan(4e6)
  })

  it('sees within two seconds that a line has become slow, and that it has recovered', () => {
    const page = new Page(1e6)
    page.play(5, { bytes: 30_000, fps: 25 })
    page.rate = 125_000
    page.play(2, { bytes: 30_000, fps: 25 })
    expect(page.meter.bytesPerSecond).toBeLessThan(200_000)
    page.rate = 1e6
    page.play(3, { bytes: 10_000, fps: 5 })
    expect(page.meter.bytesPerSecond).toBeGreaterThan(800_000)
  })

  it('sees that a line has become slow while a picture is still under way', () => {
    const page = new Page(1e6)
    page.play(2, { bytes: 2000, fps: 10 })
    page.rate = 10_000
    page.play(1, { bytes: 30_000, fps: 1 })
    expect(page.underway).toBe(1)
    expect(page.meter.bytesPerSecond).toBeLessThan(100_000)
  })

  it('does not hold the sleep of a page against its line', () => {
    const page = new Page(1e6)
    page.play(2, { bytes: 10_000, fps: 10 })
    const asleep = page.meter.send(10_000)
    page.time += 60_000
    page.meter.forget()
    page.meter.arrive(asleep, 0)
    page.play(2, { bytes: 10_000, fps: 10 })
    expect(page.meter.bytesPerSecond).toBeGreaterThan(800_000)
  })
})

describe('the bytes on their way to a page', () => {
  it.each([150_000, 1e6])('are bounded by a line of %i bytes a second, so that pictures stay young', (rate) => {
    const page = new Page(rate)
    page.play(5, { bytes: 50_000, fps: 100 })
    page.oldest = 0
    page.play(15, { bytes: 50_000, fps: 100 })
    expect(page.oldest).toBeLessThan(900)
  })

  it('let one picture pass on whatever line', () => {
    const { meter } = new Page(1e6)
    expect(meter.has(5_000_000)).toBe(true)
    const large = meter.send(5_000_000)
    expect(meter.has(1)).toBe(false)
    meter.drop(large)
    expect(meter.has(1)).toBe(true)
  })

  it('grow with a line that gets faster', () => {
    const page = new Page(1e6)
    page.play(3, { bytes: 50_000, fps: 100 })
    expect(page.meter.has(3_000_000)).toBe(false)
    page.rate = 20e6
    page.play(5, { bytes: 50_000, fps: 100 })
    expect(page.meter.has(3_000_000)).toBe(true)
  })
})
