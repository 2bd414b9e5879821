import { MjpegStream } from '../delivery/mjpeg-stream.ts'
import { type Camera, cameraBehind } from './camera.ts'
import { checkPictureOptions, type MjpegStreamOptions } from './picture-options.ts'

/**
 * Live pictures as one endless multipart body: `mjpegStream(camera).pipe(response)`, or what your framework takes as a stream.
 * Each call is one viewer. See {@link MjpegStream} for how it behaves.
 * @throws {AtalayaError} `camera_stopped` while the camera is on hold; `too_many_viewers`; `bad_parameter`. Its `status` is
 * the HTTP status for an answer, which Express and Fastify give by themselves.
 */
export function mjpegStream(camera: Camera, options: MjpegStreamOptions = {}): MjpegStream {
  checkPictureOptions(options)
  const { mode, ...request } = options
  return MjpegStream.open(cameraBehind(camera), { request, mode })
}
