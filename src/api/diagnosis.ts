import { z } from 'zod'

/** The steps on the way to a picture, in their order. A camera that is not in the network has fewer. */
export const DIAGNOSIS_STEPS = ['name', 'connection', 'protocol', 'login', 'stream', 'codec', 'keyframe', 'picture'] as const

export type DiagnosisStepName = (typeof DIAGNOSIS_STEPS)[number]

const DiagnosisStepBody = z.object({
  step: z.enum(DIAGNOSIS_STEPS),
  ok: z.boolean(),
  ms: z.number().nullable().describe('What the step took, in milliseconds; null where it was not taken anew.'),
  message: z.string(),
  advice: z.string().nullable().describe('What to do; null where nothing is to be done.'),
})

/** `POST /api/cameras/{id}/diagnose`. */
export const DiagnosisBody = z
  .object({
    ok: z.boolean().describe('The camera gives pictures.'),
    live: z.boolean().describe('True: the camera was live already and was not asked again.'),
    steps: z.array(DiagnosisStepBody).readonly().describe('Up to the first that failed.'),
  })
  .meta({ id: 'Diagnosis' })

/** What came of the way to one picture. */
export type Diagnosis = z.output<typeof DiagnosisBody>
/** One step of a {@link Diagnosis}. */
export type DiagnosisStep = z.output<typeof DiagnosisStepBody>
