import { z } from 'zod'
import type { ErrorCode } from '../api/errors.ts'
import { ErrorBody } from '../api/responses.ts'
import { empty, failures, media } from './declared-answers.ts'

const CROSS_ORIGIN = { type: 'string', description: '`cross-origin`: any page may show the pictures.' } as const

/** What the addresses of live pictures answer. */
export const STREAM_ANSWERS = {
  200: media(
    'Pictures as they come, for as long as you listen; each part is one JPEG. The second type is that of `mode=raw`.',
    ['multipart/x-mixed-replace', 'application/octet-stream'],
    {
      'X-Rendition': {
        type: 'string',
        description: 'Which pictures these are, such as `640x360@10 q80`; absent before the first.',
      },
      'X-Accel-Buffering': { type: 'string', description: '`no`: asks proxies not to hold anything back.' },
      'Cross-Origin-Resource-Policy': CROSS_ORIGIN,
    },
  ),
  ...failures(
    'bad_parameter',
    'camera_not_found',
    'too_many_viewers',
    'too_many_from_address',
    'out_of_descriptors',
    'camera_stopped',
    'viewer_closed',
    ...undecodable(),
  ),
}

/** What the addresses of single pictures answer. */
export const SNAPSHOT_ANSWERS = {
  200: media('A JPEG.', ['image/jpeg'], {
    ETag: { type: 'string', description: 'Names this picture, for If-None-Match.' },
    Age: { type: 'integer', description: 'How old it is, in whole seconds.' },
    'X-Timestamp': { type: 'string', description: 'When it was taken: seconds since 1970, with six decimals.' },
    'X-Sequence': { type: 'integer', description: 'Its number among the pictures of the camera.' },
    'Cross-Origin-Resource-Policy': CROSS_ORIGIN,
  }),
  304: empty('The picture is the one that If-None-Match names.'),
  ...failures('bad_parameter', 'camera_not_found', 'camera_stopped', 'camera_offline', 'no_picture', ...undecodable()),
}

/** What `/snapshot` answers: without a picture, 404 in plain text. */
export const LEGACY_SNAPSHOT_ANSWERS = {
  ...SNAPSHOT_ANSWERS,
  404: {
    description: 'There is no picture (plain text), or no camera at all (JSON).',
    content: { 'text/plain': { schema: z.string() }, 'application/json': { schema: ErrorBody } },
  },
}

/** Asked for with a snapshot. */
export const SnapshotHeaders = z.looseObject({
  'if-none-match': z.string().optional().describe('The ETag of the picture that you have already.'),
})

function undecodable(): ErrorCode[] {
  return ['unsupported', 'quarantined', 'engine_unavailable', 'shutting_down']
}
