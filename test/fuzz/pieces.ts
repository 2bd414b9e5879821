/** The input in pieces as a socket might hand it over: mostly large, now and then tiny; always the same for the same input. */
export function* pieces(input: Buffer, largest: number): Generator<Buffer> {
  const step = input.length % 4 === 0 ? 100 + (input.length % 1500) : largest
  const tiny = input.length % 8 === 1 ? Math.min(64, input.length) : 0
  for (let at = 0; at < tiny; at++) yield input.subarray(at, at + 1)
  for (let at = tiny; at < input.length; at += step) yield input.subarray(at, at + step)
}
