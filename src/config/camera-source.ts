import { AtalayaError } from '../api/errors.ts'
import { type CameraUrl, parseCameraUrl } from '../lib/camera-url.ts'
import type { SourceConfig } from './config.ts'
import { UNPRINTABLE } from './schema.ts'

/** The size in pixels and the pictures a second of generated test pictures. */
export const TEST_PICTURE = { width: 640, height: 360, fps: 15 } as const

/**
 * Understands the short form of a camera: `rtsp://…`, `test:clock` or `test:smpte`.
 * @param fallbackHost taken where the address has no host, as in `rtsp:///stream1`.
 * @throws {AtalayaError} `bad_source`; the message does not repeat the text, which may hold a password.
 */
export function sourceFromText(text: string, fallbackHost?: string): SourceConfig {
  const trimmed = text.trim()
  if (UNPRINTABLE.test(trimmed)) throw bad('the address holds a line break or another invisible character')
  if (/^\d+$/.test(trimmed)) throw bad(`a number means a USB camera, and this version cannot open those yet; ${TAKEN}`)
  if (trimmed.startsWith('/dev/')) throw bad(`this version cannot open USB cameras yet; ${TAKEN}`)
  if (/^test:/i.test(trimmed)) return testSource(trimmed.slice('test:'.length))
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(trimmed)?.[1]?.toLowerCase()
  if (scheme === undefined) throw bad(`the address must begin with rtsp://; ${TAKEN}`)
  const later = LATER_SCHEMES[scheme]
  if (later) throw bad(`${later}; ${TAKEN}`)
  if (scheme !== 'rtsp') throw bad(`addresses of this kind are not taken; ${TAKEN}`)
  return { kind: 'rtsp', url: parseAddress(trimmed, fallbackHost) }
}

const TAKEN = 'it takes rtsp://…, test:clock and test:smpte'

const LATER_SCHEMES: Readonly<Record<string, string>> = {
  rtsps: 'this version cannot open encrypted RTSP (rtsps://) yet',
  http: 'this version cannot open HTTP cameras yet',
  https: 'this version cannot open HTTP cameras yet',
  file: 'this version cannot play files yet',
}

function testSource(pattern: string): SourceConfig {
  if (pattern !== 'clock' && pattern !== 'smpte') throw bad('the test pictures are test:clock and test:smpte')
  return { kind: 'test', pattern, ...TEST_PICTURE }
}

function parseAddress(text: string, fallbackHost: string | undefined): CameraUrl {
  const hostless = /^(rtsp:\/\/)(?=$|[/?:])/i
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
