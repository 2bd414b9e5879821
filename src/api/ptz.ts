import { z } from 'zod'

const speed = (words: string) => {
  const error = 'must be a number from -1 to 1'
  return z.number({ error }).min(-1, { error }).max(1, { error }).optional().describe(words)
}
const MS = 'must be a whole number from 50 to 10000'

/** `POST /api/cameras/{id}/ptz`. */
export const PtzCommandBody = z
  .discriminatedUnion(
    'action',
    [
      z.strictObject({
        action: z.literal('move'),
        pan: speed('To the right; negative: to the left.'),
        tilt: speed('Up; negative: down.'),
        zoom: speed('Nearer; negative: farther.'),
        ms: z
          .int({ error: MS })
          .min(50, { error: MS })
          .max(10_000, { error: MS })
          .optional()
          .describe('For so long; 500 unless given.'),
      }),
      z.strictObject({ action: z.literal('stop') }),
      z.strictObject({ action: z.literal('home') }),
      z.strictObject({ action: z.literal('preset'), preset: z.string().min(1).max(100).describe('The id of the preset.') }),
    ],
    { error: 'must be an object whose action is move, stop, home or preset' },
  )
  .meta({ id: 'PtzCommand' })

/** What a camera is told to do. */
export type PtzCommand = z.output<typeof PtzCommandBody>

/** `GET /api/cameras/{id}/ptz/presets`. */
export const PtzPresetsBody = z
  .object({ presets: z.array(z.object({ id: z.string(), name: z.string() })) })
  .meta({ id: 'PtzPresets', description: 'The positions that are stored in the camera.' })
