import type { Luma } from '../test/e2e/jpeg-pixels.ts'

/**
 * Structural similarity of two luma planes (Wang et al. 2004), 1 where they are equal: the mean over windows of 8×8 pixels
 * that lie four pixels apart, as ffmpeg's filter of the same name counts it.
 */
export function similarity(a: Luma, b: Luma): number {
  let sum = 0
  let windows = 0
  for (let y = 0; y + WINDOW <= a.height; y += STEP) {
    for (let x = 0; x + WINDOW <= a.width; x += STEP, windows++) sum += ofWindow(a, b, x, y)
  }
  return sum / windows
}

const WINDOW = 8
const STEP = 4
const PIXELS = WINDOW * WINDOW
const C1 = (0.01 * 255) ** 2
const C2 = (0.03 * 255) ** 2

function ofWindow(a: Luma, b: Luma, left: number, top: number): number {
  let sumA = 0
  let sumB = 0
  let squares = 0
  let products = 0
  for (let y = top; y < top + WINDOW; y++) {
    for (let x = left; x < left + WINDOW; x++) {
      const valueA = a.data[y * a.stride + x] ?? 0
      const valueB = b.data[y * b.stride + x] ?? 0
      sumA += valueA
      sumB += valueB
      squares += valueA * valueA + valueB * valueB
      products += valueA * valueB
    }
  }
  const means = (sumA * sumB) / PIXELS ** 2
  const meanSquares = (sumA * sumA + sumB * sumB) / PIXELS ** 2
  const covariance = products / PIXELS - means
  const variances = squares / PIXELS - meanSquares
  return ((2 * means + C1) * (2 * covariance + C2)) / ((meanSquares + C1) * (variances + C2))
}
