/** What a camera's RTP timestamps do: as they should, or as some recorders and gateways have them. */
export type TimestampStyle = 'honest' | 'jump-ahead' | 'jump-back' | 'restart' | 'wrap' | 'still'

export const TIMESTAMP_STYLES: readonly TimestampStyle[] = ['honest', 'jump-ahead', 'jump-back', 'restart', 'wrap', 'still']

/** 32 bits of RTP time for a picture taken so many seconds after the first one. `wrap` passes 2³² after one second, the others break every two. */
export function timestampOf(style: TimestampStyle, seconds: number, clockRate: number, base: number): number {
  const ticks = Math.round(seconds * clockRate)
  const jumps = Math.floor(seconds / JUMP_EVERY_S)
  switch (style) {
    case 'honest':
      return (base + ticks) % 2 ** 32
    case 'jump-ahead':
      return modulo(base + ticks + jumps * HOUR_S * clockRate)
    case 'jump-back':
      return modulo(base + ticks - jumps * HOUR_S * clockRate)
    case 'restart':
      return ticks - Math.round(jumps * JUMP_EVERY_S * clockRate)
    case 'wrap':
      return modulo(2 ** 32 - clockRate + ticks)
    case 'still':
      return base
  }
}

const JUMP_EVERY_S = 2
const HOUR_S = 3600

function modulo(value: number): number {
  return ((value % 2 ** 32) + 2 ** 32) % 2 ** 32
}
