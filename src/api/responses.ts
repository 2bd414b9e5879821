import { z } from 'zod'
import { CameraSettingsBody } from './camera-settings.ts'
import { CAMERA_CONDITIONS, OFFLINE_REASONS } from './camera-state.ts'
import { ENGINE_NAMES } from './engine-name.ts'
import { ERRORS, type ErrorCode } from './errors.ts'
import { ConfigStatusBody } from './reload.ts'

/** The body of every error answer. */
export const ErrorBody = z
  .object({
    error: z.object({
      code: z.enum(Object.keys(ERRORS) as ErrorCode[]),
      message: z.string(),
      problems: z
        .array(z.object({ path: z.string(), message: z.string() }))
        .readonly()
        .optional()
        .describe('Everything that is wrong with a body that was refused.'),
    }),
  })
  .meta({ id: 'Error', description: 'What went wrong, by code and in words.' })

const StreamBody = z.object({
  name: z.enum(['main', 'sub']),
  url: z.string(),
  state: z.enum(['stopped', 'connecting', 'live', 'offline']),
  reason: z.enum(OFFLINE_REASONS).nullable(),
  fps: z.number(),
  width: z.number().nullable(),
  height: z.number().nullable(),
  codec: z.string().nullable(),
  audio: z.string().nullable(),
  transport: z.enum(['tcp', 'udp', 'http']).nullable().describe('How RTSP video travels.'),
  lostPackets: z.number().describe('Packets that got lost on the way from the camera.'),
  lostPictures: z.number().describe('Pictures left out because something of them was lost.'),
})

/** One camera, as `CameraStatus` describes it field by field. */
export const CameraBody = z
  .object({
    id: z.string(),
    name: z.string(),
    active: z.boolean().describe('True while live pictures come in.'),
    state: z.enum(['stopped', 'connecting', 'live', 'offline']),
    reason: z.enum([...OFFLINE_REASONS, 'on-hold', 'on-demand']).nullable(),
    condition: z.enum(CAMERA_CONDITIONS).nullable(),
    since: z.iso.datetime(),
    ip: z.string().nullable(),
    url: z.string().describe('The address of the camera without its credentials.'),
    connect: z.enum(['always', 'on-demand']),
    viewers: z.number(),
    fps: z.number(),
    width: z.number().nullable(),
    height: z.number().nullable(),
    codec: z.string().nullable(),
    audio: z.string().nullable(),
    lastPictureAge: z.number().nullable().describe('Seconds since the newest picture was taken.'),
    reconnects: z.number(),
    lastError: z.string().nullable(),
    retryIn: z.number().nullable(),
    renditions: z.array(z.string()).readonly(),
    skippedPackets: z.number(),
    streams: z.array(StreamBody).readonly(),
    ptz: z.boolean().describe('The camera can be moved.'),
    advice: z.array(z.string()).readonly(),
  })
  .meta({ id: 'Camera' })

/** One camera with its settings, as `CameraDetail` describes it field by field. */
export const CameraDetailBody = CameraBody.extend({
  source: z.enum(['file', 'local']).describe('file: it stands in the configuration and cannot be changed here.'),
  persisted: z.boolean().describe('False: the camera ends with the program.'),
  hasPassword: z.boolean(),
  settings: CameraSettingsBody.omit({ password: true })
    .nullable()
    .describe('What was asked for, without secrets; null for a camera of the configuration.'),
}).meta({ id: 'CameraDetail' })

/** `GET /api/viewers`, as `ViewerStatus` describes it field by field. */
export const ViewersBody = z.object({
  viewers: z.array(
    z.object({
      id: z.string(),
      camera: z.string(),
      since: z.iso.datetime(),
      address: z.string(),
      mode: z.string(),
      rendition: z.string().nullable(),
      sent: z.int(),
      skipped: z.int(),
      drain: z
        .int()
        .nullable()
        .describe('Bytes a second that the line of a viewer with quality=auto takes; null where that is not known.'),
      lastPictureAge: z.number().nullable().describe('Seconds since the last picture that it has taken was captured.'),
    }),
  ),
})

/** `GET /status`: all cameras by id. */
export const StatusBody = z.record(z.string(), CameraBody)

/** `GET /api/cameras`: all cameras, in the order of the configuration. */
export const CamerasBody = z.object({ cameras: z.array(CameraBody) })

/** `GET /` for programs. */
export const HomeBody = z.object({ message: z.string(), mensaje: z.string(), version: z.string(), cameras: z.array(z.string()) })

/** `GET /stop/{id}`. */
export const StopBody = z.object({ id: z.string(), state: z.literal('stopped'), message: z.string(), mensaje: z.string() })

/** `GET /livez`. */
export const LiveBody = z.object({ status: z.literal('ok') })

/** `GET /readyz`. */
export const ReadyBody = z.object({
  status: z.enum(['ok', 'degraded', 'shutting-down']),
  engine: z.enum(ENGINE_NAMES).nullable().describe('What decodes pictures; null while nothing had to be decoded.'),
  config: ConfigStatusBody,
})

/** `GET /api/me`. */
export const SubjectBody = z.object({
  name: z.string(),
  way: z.string().describe('How you got in: open, session, key, address, embed, basic, proxy or network.'),
  role: z.enum(['pictures', 'viewer', 'operator', 'admin']),
  cameras: z.array(z.string()).nullable().describe('The cameras that exist for you; null: all.'),
})

/** `POST /api/sign`. */
export const SignedBody = z.object({
  path: z.string().describe('The signed address, to be put behind the host of the gateway.'),
  expires: z.iso.datetime().describe('Until when it can be opened. A stream that is open by then goes on.'),
})
