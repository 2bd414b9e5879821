/** A span of seconds for people, in one unit or two: `0.4 s`, `12 s`, `3 min`, `2 days`, `25 years`. */
export function formatSpan(seconds: number): string {
  if (seconds < 10) return `${Math.round(seconds * 10) / 10} s`
  for (const [unit, length, limit] of UNITS) {
    if (seconds < limit * length) return count(Math.round(seconds / length), unit)
  }
  return count(Math.round(seconds / YEAR), 'years')
}

const DAY = 86_400
const YEAR = 365.25 * DAY

/** Each unit with its length in seconds and how many of them are shown at most. */
const UNITS = [
  ['s', 1, 100],
  ['min', 60, 100],
  ['hours', 3600, 48],
  ['days', DAY, 365],
] as const

function count(number: number, unit: string): string {
  return `${number} ${number === 1 && unit === 'years' ? 'year' : unit}`
}
