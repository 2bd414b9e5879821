import { z } from 'zod'

/** What may be said of a camera that is added or changed: the keys of the configuration file, with JSON's own types. */
export const CameraSettingsBody = z
  .strictObject({
    url: z
      .string()
      .max(2000)
      .optional()
      .describe('The address: rtsp://…, http://…, a USB camera as 0 or /dev/video0, test:clock or test:smpte.'),
    rtsp: z.string().max(2000).optional().describe('The same as url.'),
    main: z.string().max(2000).optional().describe('The same as url, beside sub.'),
    sub: z.string().max(2000).optional().describe('The address of a smaller stream of the same camera.'),
    brand: z.enum(['amcrest', 'dahua', 'hikvision', 'reolink', 'axis', 'tapo', 'foscam', 'onvif']).optional(),
    host: z.string().max(255).optional().describe('Where the camera of that brand is.'),
    port: z.int().min(1).max(65_535).optional().describe('The TCP port of its stream, where it is not the usual one.'),
    httpPort: z.int().min(1).max(65_535).optional().describe('The TCP port of its web pages, where it is not 80.'),
    channel: z.int().min(1).max(256).optional().describe('Which camera of a recorder, from 1 on.'),
    stream: z.enum(['main', 'sub']).optional().describe('The only stream that is used of that brand.'),
    onvif: z
      .union([z.boolean(), z.int().min(1).max(65_535)])
      .optional()
      .describe('Moved by ONVIF: true, or its port.'),
    transport: z.enum(['auto', 'tcp', 'udp', 'http']).optional().describe('How video travels by RTSP.'),
    tls: z
      .strictObject({
        verify: z.boolean().optional().describe('false: any certificate is taken.'),
        fingerprint: z.string().max(100).optional().describe('SHA-256 of the one certificate that is taken.'),
      })
      .optional()
      .describe('How the certificate of a camera at rtsps:// or https:// is checked.'),
    ingest: z.enum(['libav']).optional().describe('Received by libav in place of our own RTSP client.'),
    capture: z
      .strictObject({
        width: z.int().min(16).max(8192).optional(),
        height: z.int().min(16).max(8192).optional(),
        fps: z.int().min(1).max(240).optional(),
        format: z.enum(['mjpeg', 'h264', 'yuyv']).optional(),
      })
      .optional()
      .describe('What a USB camera is asked for.'),
    ip: z.string().max(255).optional().describe('Where the camera is, for people to read.'),
    user: z.string().max(255).optional().describe('Who logs in at the camera.'),
    password: z
      .string()
      .max(255)
      .nullable()
      .optional()
      .describe('Their password, which no answer ever holds. PUT without it keeps the one that is stored; null forgets that.'),
    name: z.string().max(100).optional().describe('What people call it.'),
    connect: z.enum(['always', 'on-demand']).optional(),
    default: z.boolean().optional().describe('Served at /video and /snapshot, before the camera of the file that would be.'),
    width: size('width').optional(),
    height: size('height').optional(),
    fps: z.int().min(1).max(120).optional().describe('At most so many pictures a second.'),
    quality: z.int().min(1).max(100).optional().describe('JPEG quality.'),
    rotate: z.literal([0, 90, 180, 270]).optional().describe('Turns the picture clockwise, in degrees.'),
    flip: z.enum(['none', 'horizontal', 'vertical']).optional().describe('Mirrors the picture, after it was turned.'),
    crop: z
      .strictObject({
        left: z.int().min(0).max(100).optional(),
        top: z.int().min(0).max(100).optional(),
        width: z.int().min(1).max(100).optional(),
        height: z.int().min(1).max(100).optional(),
      })
      .optional()
      .describe('The part of the picture that is kept, in per cent.'),
  })
  .meta({ id: 'CameraSettings' })

/** `POST /api/cameras`. */
export const NewCameraBody = CameraSettingsBody.extend({
  id: z
    .string()
    .regex(/^(?!__proto__$)[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$/)
    .describe('Part of every address of the camera; never changed later.'),
}).meta({ id: 'NewCamera' })

/** `PUT /api/cameras/{id}`. */
export const ChangedCameraBody = CameraSettingsBody.extend({
  id: z.string().optional().describe('May be left out; otherwise that of the address.'),
}).meta({ id: 'ChangedCamera' })

function size(side: 'width' | 'height') {
  return z.int().min(16).max(8192).describe(`The picture fits into this ${side}, in pixels; it is never enlarged.`)
}
