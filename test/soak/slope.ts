/** A straight line through readings: how much they rise, and how sure that is. */
export interface Slope {
  /** Units of `y` for each unit of `x`. */
  readonly perUnit: number
  /** The slope lies within ± this with a confidence of 95 %. Infinite for fewer than four readings. */
  readonly margin: number
}

/**
 * Fits a line by least squares. Readings of a process that follow each other resemble each other: the correlation of neighbouring
 * residuals widens the interval (effective number of readings n·(1−r)/(1+r)).
 */
export function fitSlope(points: readonly (readonly [x: number, y: number])[]): Slope {
  const meanX = mean(points.map(([x]) => x))
  const meanY = mean(points.map(([, y]) => y))
  const spread = sum(points.map(([x]) => (x - meanX) ** 2))
  const perUnit = spread === 0 ? 0 : sum(points.map(([x, y]) => (x - meanX) * (y - meanY))) / spread
  const residuals = points.map(([x, y]) => y - meanY - perUnit * (x - meanX))
  const squares = sum(residuals.map((residual) => residual ** 2))
  const neighbours = sum(residuals.slice(1).map((residual, index) => residual * (residuals[index] ?? 0)))
  const correlation = squares === 0 ? 0 : Math.min(0.95, Math.max(0, neighbours / squares))
  const effective = (points.length * (1 - correlation)) / (1 + correlation)
  if (points.length < 4 || effective <= 2.5) return { perUnit, margin: Number.POSITIVE_INFINITY }
  const error = Math.sqrt(squares / (effective - 2) / spread)
  return { perUnit, margin: studentT(effective - 2) * error }
}

/** The 97.5 % quantile of Student's distribution, by the expansion of Cornish and Fisher; good to 1 % from four degrees of freedom. */
function studentT(degrees: number): number {
  const z = 1.959964
  const first = (z ** 3 + z) / 4
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384
  return z + first / degrees + second / degrees ** 2 + third / degrees ** 3
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
