import { type CameraUrl, parseCameraUrl } from './camera-url.ts'

/** Redirects in a row that are followed. */
export const MAX_REDIRECTS = 3

/**
 * Where a camera refers to (RFC 9110 section 10.2.2). Its credentials go along to the same host and port only. Undefined where it must
 * not be followed: another protocol, or from an encrypted one to a plain one.
 * @param schemes the protocol without encryption and with it, such as `http` and `https`.
 */
export function followRedirect(from: CameraUrl, location: string, schemes: readonly [string, string]): CameraUrl | undefined {
  const to = readUrl(/^[a-z][a-z0-9+.-]*:/i.test(location) ? location : resolve(from, location))
  if (!to || !schemes.includes(to.scheme) || (from.scheme === schemes[1] && to.scheme === schemes[0])) return undefined
  const credentials = to.authority === from.authority ? from.credentials : undefined
  return to.with({ credentials, destinations: from.destinations })
}

function resolve(from: CameraUrl, location: string): string {
  if (location.startsWith('//')) return `${from.scheme}:${location}`
  const folder = from.path.replace(/[?#].*$/, '').replace(/[^/]*$/, '') || '/'
  return `${from.scheme}://${from.authority}${location.startsWith('/') ? location : folder + location}`
}

function readUrl(text: string): CameraUrl | undefined {
  try {
    return parseCameraUrl(text)
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}
