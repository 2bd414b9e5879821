import type { CameraUrl } from '../lib/camera-url.ts'

/**
 * The address of a camera for people to read: without credentials, also where a maker wants the password in the path or
 * the query, as in `/user=admin_password=…_channel=1` or `?token=…`.
 */
export function shownAddress(url: CameraUrl): string {
  const parts = url.path.split(/([?&;/])/)
  return `${url.scheme}://${url.authority}${parts.map(withoutSecret).join('')}`
}

/** Masks from the `=` behind a telling word to the end of the part: such values may hold any separator but `? & ; /`. */
function withoutSecret(part: string): string {
  const word = part.search(/(?:pass(?:word|wd)?|pwd|psw|token|secret|auth|key)=/i)
  return word < 0 ? part : `${part.slice(0, part.indexOf('=', word) + 1)}***`
}
