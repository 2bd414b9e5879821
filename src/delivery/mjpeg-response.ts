import { type MultipartMode, multipartContentType } from '../media/multipart.ts'

/** The headers of a stream. `Connection: close`, because the body ends with the connection. */
export function mjpegHeaders(mode: MultipartMode, rendition?: string): Record<string, string> {
  return {
    'Content-Type': multipartContentType(mode),
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'X-Content-Type-Options': 'nosniff',
    Connection: 'close',
    ...(rendition && { 'X-Rendition': rendition }),
  }
}

/** The wire form for one who sends this `Accept` header: browsers ask for pages and images, programs for anything, or nothing in particular. */
export function chooseMultipartMode(accept = ''): MultipartMode {
  return accept.startsWith('image/') || accept.startsWith('text/html') ? 'browser' : 'length'
}
