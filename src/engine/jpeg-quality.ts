/**
 * The quantiser scale (1–31) of FFmpeg's JPEG encoder that gives the same SSIM as a quality (1–100) of libjpeg. Only these
 * 31 steps exist; neighbouring qualities may share one.
 */
export function qscaleOf(quality: number): number {
  const index = LOWEST_QUALITY.findIndex((lowest) => quality >= lowest)
  return index < 0 ? LOWEST_QUALITY.length + 1 : index + 1
}

/** The lowest quality that each scale from 1 on stands for, as `bench/quality-table.py` prints it. */
const LOWEST_QUALITY: readonly number[] = [
  95, 92, 88, 84, 80, 75, 71, 67, 62, 56, 49, 45, 41, 37, 33, 30, 28, 26, 25, 24, 23, 22, 21, 20, 18, 16, 14, 13, 12, 11,
]
