import { describe, expect, it } from 'vitest'
import { DrainMeter } from './drain-meter.ts'

/** A line that takes so many bytes a second, and whose far end answers after 20 ms. */
class Line {
  rate: number
  time = 0
  #written = 0
  #acked = 0
  #ackedAt = 0
  readonly meter = new DrainMeter(
    () => ({
      acked: Math.floor(this.#acked),
      outstanding: this.#written - Math.floor(this.#acked),
      segment: 1448,
      minRttMs: 20,
      sinceAckMs: this.time - this.#ackedAt,
    }),
    () => this.time,
  )

  constructor(rate: number) {
    this.rate = rate
  }

  send(bytes: number): void {
    this.meter.begin()
    this.#written += bytes
    this.#idleUntil = this.#idleUntil > this.time ? this.#idleUntil : this.time + 20
  }

  #idleUntil = 0

  pass(ms: number): void {
    for (let step = 0; step < ms; step++) {
      this.time++
      if (this.time > this.#idleUntil && this.#acked < this.#written) {
        this.#acked = Math.min(this.#written, this.#acked + this.rate / 1000)
        this.#ackedAt = this.time
      }
      if (this.time % 10 === 0) this.meter.look()
    }
  }
}

describe('the meter of a line', () => {
  it('knows nothing before anything was sent', () => {
    expect(new Line(1e6).meter.bytesPerSecond).toBeUndefined()
  })

  it.each([40_000, 125_000, 1e6])('measures a line of %i bytes a second that is idle most of the time', (rate) => {
    const line = new Line(rate)
    for (let picture = 0; picture < 8; picture++) {
      line.send(rate / 10)
      line.pass(400)
    }
    expect(line.meter.bytesPerSecond).toBeGreaterThan(rate * 0.8)
    expect(line.meter.bytesPerSecond).toBeLessThan(rate * 1.3)
  })

  it('sees within half a second that a line has become slow, while a picture is still under way', () => {
    const line = new Line(1e6)
    for (let picture = 0; picture < 20; picture++) {
      line.send(50_000)
      line.pass(100)
    }
    line.rate = 125_000
    line.send(300_000)
    line.pass(500)
    expect(line.meter.bytesPerSecond).toBeLessThan(200_000)
    expect(line.meter.look()).toBe(false)
  })

  it('takes a line that stands still for a slow one, not for none', () => {
    const line = new Line(1e6)
    line.send(200_000)
    line.pass(400)
    line.rate = 0
    line.send(200_000)
    line.pass(400)
    expect(line.meter.bytesPerSecond).toBeGreaterThan(50_000)
  })
})
