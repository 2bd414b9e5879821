import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { AtalayaError } from '../../api/errors.ts'
import { may } from '../../auth/authorize.ts'
import type { Camera, PictureRequest } from '../../cameras/camera.ts'
import { streamMjpeg } from '../../delivery/mjpeg.ts'
import { chooseMultipartMode, mjpegHeaders } from '../../delivery/mjpeg-response.ts'
import { snapshotHeaders, takeSnapshot } from '../../delivery/snapshot.ts'
import type { RouteParts, Server } from '../http-server.ts'
import { CameraPath, SnapshotQuery, StreamQuery } from '../parameters.ts'
import { LEGACY_SNAPSHOT_ANSWERS, SNAPSHOT_ANSWERS, SnapshotHeaders, STREAM_ANSWERS } from '../picture-answers.ts'

/** `/camera/{id}`, `/video` and their snapshots: what the whole house is for. */
export function pictureRoutes(server: Server, { cameras, viewers, admission, metrics }: RouteParts): void {
  const streamSchema = (summary: string) => ({ summary, querystring: StreamQuery, response: STREAM_ANSWERS })
  const snapshotSchema = (summary: string) => ({
    summary,
    headers: SnapshotHeaders,
    querystring: SnapshotQuery,
    response: SNAPSHOT_ANSWERS,
  })

  server.get(
    '/camera/:id',
    { config: WATCH, schema: { ...streamSchema('Live pictures (MJPEG); lifts a stop'), params: CameraPath } },
    (request, reply) => stream(cameras.get(request.params.id), request, reply),
  )
  server.get(
    '/video',
    { config: WATCH, schema: streamSchema('Live pictures of the default camera; lifts a stop') },
    (request, reply) => stream(defaultFor(request), request, reply),
  )
  server.get(
    '/camera/:id/snapshot',
    { config: WATCH, schema: { ...snapshotSchema('One JPEG'), params: CameraPath } },
    (request, reply) => snapshot(cameras.get(request.params.id), request, reply),
  )
  server.get(
    '/snapshot',
    { config: WATCH, schema: { ...snapshotSchema('One JPEG of the default camera'), response: LEGACY_SNAPSHOT_ANSWERS } },
    async (request, reply) => {
      try {
        return await snapshot(defaultFor(request), request, reply)
      } catch (error) {
        // Scripts written for the service that had this address before look for this very answer.
        if (error instanceof AtalayaError && error.status === 503)
          return reply.code(404).type('text/plain; charset=utf-8').send('No picture available\n')
        throw error
      }
    },
  )

  function defaultFor({ subject }: FastifyRequest): Camera {
    return cameras.defaultOf((id) => may(subject, 'watch', id))
  }

  async function stream(camera: Camera, request: StreamRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { mode = chooseMultipartMode(request.headers.accept), quality, ...asked } = request.query
    const isAdaptive = quality === 'auto'
    const rendition: PictureRequest = { ...asked, ...(isAdaptive ? { isAdaptive } : { quality }) }
    if (request.method === 'HEAD') return reply.headers(mjpegHeaders(mode)).send()
    admission.makeRoomForViewer(request.ip)
    admission.makeRoomForConnection()
    const { subject } = request
    if (may(subject, 'operate', camera.id)) camera.start()
    const onAnswer = () => reply.hijack()
    const options = { request: rendition, isAdaptive, mode, metrics, viewers, subject, address: request.ip, onAnswer }
    await streamMjpeg(camera, reply.raw, options)
    return reply
  }

  async function snapshot(camera: Camera, request: SnapshotRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { maxAge, wait, ...rendition } = request.query
    const departure = new AbortController()
    reply.raw.once('close', () => departure.abort())
    const picture = await takeSnapshot(camera, { request: rendition, maxAge, wait }, departure.signal)
    const headers = snapshotHeaders(camera, picture)
    reply.headers(headers)
    if (request.headers['if-none-match'] === headers['ETag']) return reply.code(304).removeHeader('Content-Type').send()
    return reply.send(picture.data)
  }
}

const WATCH = { action: 'watch' } as const

type StreamRequest = FastifyRequest & { query: z.output<typeof StreamQuery> }
type SnapshotRequest = FastifyRequest & { query: z.output<typeof SnapshotQuery> }
