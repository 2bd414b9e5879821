/** The quantiser scale (1–31) of FFmpeg's JPEG encoder that looks like a quality (1–100) of libjpeg. */
export function qscaleOf(quality: number): number {
  let qscale = 1
  for (const lowest of LOWEST_QUALITY_OF_QSCALE) {
    if (quality >= lowest) return qscale
    qscale++
  }
  return qscale
}

const LOWEST_QUALITY_OF_QSCALE: readonly number[] = [
  97, 92, 87, 82, 77, 72, 67, 62, 58, 54, 50, 47, 44, 41, 38, 35, 33, 31, 29, 27, 25, 23, 21, 19, 17, 15, 13, 11, 9, 7,
]
