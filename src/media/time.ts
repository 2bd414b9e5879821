/**
 * Integer microseconds: the one unit of time inside Atalaya. As an instant it counts on the machine's monotonic clock,
 * which every process of the machine shares; as a span it is a difference of two instants. Convert at the edges only.
 */
export type Micros = number & { readonly __unit: 'microseconds' }

/** Brands a number of microseconds, rounded to an integer. */
export function micros(value: number): Micros {
  return Math.round(value) as Micros
}

/** A span given in milliseconds. */
export function millis(value: number): Micros {
  return micros(value * 1000)
}

/** The present instant on the monotonic clock: it never jumps when the wall clock is set. */
export function now(): Micros {
  return micros(performance.now() * 1000 + MONOTONIC_AT_ORIGIN)
}

/** The wall-clock time of an instant, in microseconds since the Unix epoch, by the wall clock as it is set at this moment. */
export function toEpochMicros(instant: Micros): number {
  return Date.now() * 1000 - (now() - instant)
}

/** An instant as `seconds.microseconds` since the Unix epoch: the form of the `X-Timestamp` header. */
export function formatTimestamp(instant: Micros): string {
  const epoch = Math.round(toEpochMicros(instant))
  return `${Math.floor(epoch / 1_000_000)}.${String(epoch % 1_000_000).padStart(6, '0')}`
}

/** `performance.now()` starts at zero in each process; this puts it on the clock that all processes share. */
const MONOTONIC_AT_ORIGIN = Number(process.hrtime.bigint() / 1000n) - performance.now() * 1000
