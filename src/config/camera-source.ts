import { AtalayaError } from '../api/errors.ts'
import { type CameraUrl, parseCameraUrl } from '../lib/camera-url.ts'
import { FULL_TRUST_CHECK } from '../lib/tls-trust.ts'
import type { SourceConfig } from './config.ts'
import { UNPRINTABLE } from './schema.ts'

/** The size in pixels and the pictures a second of generated test pictures. */
export const TEST_PICTURE = { width: 640, height: 360, fps: 15 } as const

/**
 * Understands the short form of a camera: `rtsp://…`, `http://…`, `srt://…`, `file:…`, `0` or `/dev/…` for a USB camera, `test:clock` or `test:smpte`.
 * @param fallbackHost taken where the address has no host, as in `rtsp:///stream1`.
 * @throws {AtalayaError} `bad_source`; the message does not repeat the text, which may hold a password.
 */
export function sourceFromText(text: string, fallbackHost?: string): SourceConfig {
  const trimmed = text.trim()
  if (UNPRINTABLE.test(trimmed)) throw bad('the address holds a line break or another invisible character')
  const device = devicePath(trimmed)
  if (device !== undefined) return { kind: 'device', device, capture: {} }
  if (/^file:/i.test(trimmed)) return fileSource(trimmed.slice('file:'.length))
  if (/^test:/i.test(trimmed)) return testSource(trimmed.slice('test:'.length))
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(trimmed)?.[1]?.toLowerCase()
  if (scheme === undefined) throw bad(`the address must begin with rtsp:// or http://; ${TAKEN}`)
  if (LIBAV_SCHEMES.has(scheme)) return { kind: 'libav', url: parseAddress(trimmed, fallbackHost) }
  if (scheme === 'onvif') return onvifSource(parseAddress(trimmed, fallbackHost))
  if (scheme === 'rtsp' || scheme === 'rtsps')
    return { kind: 'rtsp', url: parseAddress(trimmed, fallbackHost), tls: FULL_TRUST_CHECK }
  if (scheme !== 'http' && scheme !== 'https') throw bad(`addresses of this kind are not taken; ${TAKEN}`)
  return { kind: 'http', url: parseAddress(trimmed, fallbackHost), tls: FULL_TRUST_CHECK, fps: POLLED_FPS }
}

const TAKEN =
  'it takes rtsp://…, rtsps://…, http://…, https://…, srt://…, rtmp://…, onvif://…, file:…, a USB camera such as 0 or /dev/video0, test:clock and test:smpte'

/** How often a camera is asked for single pictures, unless `fps` says otherwise. */
const POLLED_FPS = 5

const LIBAV_SCHEMES: ReadonlySet<string> = new Set(['srt', 'rtmp', 'rtmps'])

/** Pictures a second of a folder, unless `fps` says otherwise. */
const FOLDER_FPS = 1

/** `0`, `/dev/video0` or `v4l2:/dev/v4l/by-id/…`: the path of a USB camera. */
function devicePath(text: string): string | undefined {
  if (/^\d{1,3}$/.test(text)) return `/dev/video${Number(text)}`
  const path = /^v4l2:/i.test(text) ? text.slice('v4l2:'.length) : text
  if (path.startsWith('/dev/') || (path !== text && path.startsWith('/'))) return path
  if (path !== text) throw bad('v4l2: is followed by the path of a USB camera, such as v4l2:/dev/video0')
  return undefined
}

/** `file:clip.mp4`, `file:/clips/arena.mp4` or `file:///clips/arena.mp4`. */
function fileSource(rest: string): SourceConfig {
  const path = rest.startsWith('//') ? rest.slice(2) : rest
  if (path === '') throw bad('file: is followed by the path of a video or of a folder of pictures')
  return { kind: 'file', path, fps: FOLDER_FPS }
}

/** `onvif://host/?stream=sub&channel=2`: which of the camera's streams, both settings optional. */
function onvifSource(url: CameraUrl): SourceConfig {
  const query = new URLSearchParams(url.path.slice(url.path.indexOf('?') + 1))
  const channel = Number(query.get('channel') ?? 1)
  if (!Number.isInteger(channel) || channel < 1 || channel > 256) throw bad('channel= in an onvif:// address is 1 to 256')
  const stream = query.get('stream') ?? 'main'
  if (stream !== 'main' && stream !== 'sub') throw bad('stream= in an onvif:// address is main or sub')
  return { kind: 'onvif', url, stream, channel }
}

function testSource(pattern: string): SourceConfig {
  if (pattern !== 'clock' && pattern !== 'smpte') throw bad('the test pictures are test:clock and test:smpte')
  return { kind: 'test', pattern, ...TEST_PICTURE }
}

function parseAddress(text: string, fallbackHost: string | undefined): CameraUrl {
  const hostless = /^((?:rtsps?|https?|onvif):\/\/)(?=$|[/?:])/i
  if (hostless.test(text)) {
    if (fallbackHost === undefined) throw bad('the address has no host; write rtsp://192.168.1.20/… or ip: beside it')
    return parseAddress(
      text.replace(hostless, (scheme) => scheme + bracketed(fallbackHost)),
      undefined,
    )
  }
  try {
    return parseCameraUrl(text)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    // biome-ignore lint/style/useErrorCause: the cause is the third argument
    throw new AtalayaError('bad_source', `the address is no valid URL: ${error.message}`, { cause: error })
  }
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

function bad(message: string): AtalayaError {
  return new AtalayaError('bad_source', message)
}
