import { z } from 'zod'

/** Zod's message for one parameter: what the value must be. */
const wholeNumber = (least: number, most: number) => {
  const error = `must be a whole number from ${least} to ${most}`
  return z.coerce.number<string>({ error }).int({ error }).min(least, { error }).max(most, { error })
}
const number = (least: number, most: number) => {
  const error = `must be a number from ${least} to ${most}`
  return z.coerce.number<string>({ error }).min(least, { error }).max(most, { error })
}

/** The camera's id in a path. */
export const CameraPath = z.object({ id: z.string().describe('The id of the camera.') })

/** What may be asked of pictures. Unknown parameters are let through: pages add their own to avoid caches. */
export const RenditionQuery = z.object({
  width: wholeNumber(16, 8192).optional().describe('Fits the picture into this width in pixels; it is never enlarged.'),
  height: wholeNumber(16, 8192).optional().describe('Fits the picture into this height in pixels; it is never enlarged.'),
  fps: number(0.1, 120).optional().describe('At most so many pictures a second.'),
  quality: wholeNumber(1, 100).optional().describe('JPEG quality, as users of libjpeg know it.'),
  stream: z
    .enum(['main', 'sub'], { error: 'must be main or sub' })
    .optional()
    .describe('Which stream of a camera with two; by default the smallest that serves.'),
})

export const StreamQuery = RenditionQuery.extend({
  quality: z
    .union([z.literal('auto'), wholeNumber(1, 100)], { error: 'must be auto or a whole number from 1 to 100' })
    .optional()
    .describe('JPEG quality, as users of libjpeg know it; `auto` fits rate, quality and size to what your line takes.'),
  mode: z
    .enum(['browser', 'length', 'raw'], { error: 'must be browser, length or raw' })
    .optional()
    .describe('The wire form; by default browsers get `browser` and programs get `length`.'),
})

export const SnapshotQuery = RenditionQuery.extend({
  maxAge: number(0, 86_400)
    .optional()
    .describe('The oldest picture that will do, in seconds; by default the newest that exists.'),
  wait: number(0, 60).default(10).describe('Seconds to wait for a picture while the camera connects.'),
})
