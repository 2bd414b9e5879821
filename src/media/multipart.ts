import type { Picture } from './picture.ts'
import { formatTimestamp } from './time.ts'

/**
 * How pictures are laid out in a `multipart/x-mixed-replace` body (RFC 2046 section 5.1). Every browser engine shows a part
 * only when the header block of the next one has arrived, so the two forms differ in what follows the picture:
 * - `browser`: the next part's whole header block goes out with the picture, which is shown at once. No Content-Length.
 * - `length`: parts carry Content-Length, X-Timestamp and X-Sequence, for programs that need them, and X-Offline where the
 *   picture stands for those that do not come; a boundary follows.
 * - `raw`: the bytes of `length` under `application/octet-stream`, for `fetch()` in WebKit, which refuses multipart.
 */
export type MultipartMode = 'browser' | 'length' | 'raw'

/** The Content-Type of a body in this mode. */
export function multipartContentType(mode: MultipartMode): string {
  return mode === 'raw' ? 'application/octet-stream' : `multipart/x-mixed-replace; boundary=${BOUNDARY}`
}

/** What stands before the first picture. It must go out together with it. */
export function multipartPreamble(mode: MultipartMode): Buffer {
  return mode === 'browser' ? BROWSER_PREAMBLE : LENGTH_PREAMBLE
}

/** One picture with all that surrounds it, to be sent in one write. The bytes are shared by all viewers of the mode. */
export function multipartPart(mode: MultipartMode, picture: Picture): Buffer {
  const parts = mode === 'browser' ? BROWSER_PARTS : LENGTH_PARTS
  const known = parts.get(picture)
  if (known) return known
  const part = mode === 'browser' ? formatBrowserPart(picture) : formatLengthPart(picture)
  parts.set(picture, part)
  return part
}

/**
 * The end of the body after `last`, the picture sent last. In the `browser` form a part stands open already, and an empty
 * one would leave a broken image on the screen, so it is filled with the last picture again.
 */
export function multipartEnd(mode: MultipartMode, last: Picture): Buffer {
  return mode === 'browser' ? Buffer.concat([last.data, CLOSING]) : Buffer.from('--\r\n')
}

const BOUNDARY = 'frame'
const BROWSER_PREAMBLE = Buffer.from(`--${BOUNDARY}\r\nContent-Type: image/jpeg\r\n\r\n`)
const LENGTH_PREAMBLE = Buffer.from(`--${BOUNDARY}\r\n`)
const BETWEEN_BROWSER_PARTS = Buffer.from(`\r\n--${BOUNDARY}\r\nContent-Type: image/jpeg\r\n\r\n`)
const AFTER_LENGTH_PART = Buffer.from(`\r\n--${BOUNDARY}\r\n`)
const CLOSING = Buffer.from(`\r\n--${BOUNDARY}--\r\n`)

const BROWSER_PARTS = new WeakMap<Picture, Buffer>()
const LENGTH_PARTS = new WeakMap<Picture, Buffer>()

function formatBrowserPart(picture: Picture): Buffer {
  return Buffer.concat([picture.data, BETWEEN_BROWSER_PARTS])
}

function formatLengthPart(picture: Picture): Buffer {
  const headers = [
    'Content-Type: image/jpeg',
    `Content-Length: ${picture.data.length}`,
    `X-Timestamp: ${formatTimestamp(picture.capturedAt)}`,
    `X-Sequence: ${picture.sequence}`,
    ...(picture.renditionName ? [`X-Rendition: ${picture.renditionName}`] : []),
    ...(picture.isNotice ? ['X-Offline: true'] : []),
  ]
  return Buffer.concat([Buffer.from(`${headers.join('\r\n')}\r\n\r\n`), picture.data, AFTER_LENGTH_PART])
}
