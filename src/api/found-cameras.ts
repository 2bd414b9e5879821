import { z } from 'zod'

/** `POST /api/discover`. */
export const FoundCamerasBody = z
  .object({
    cameras: z.array(
      z.object({
        host: z.string(),
        port: z.number().describe('The TCP port of its ONVIF service.'),
        name: z.string().describe('What the camera calls itself.'),
        hardware: z.string(),
      }),
    ),
  })
  .meta({ id: 'FoundCameras', description: 'The ONVIF cameras that answered.' })
