import { AtalayaError } from '../api/errors.ts'
import type { HostCheck } from './host-names.ts'
import type { Server } from './http-server.ts'

/** Refuses what Node.js lets through although nobody means well by it, before anything else looks at the request. */
export function refuseOddRequests(server: Server, checkHost: HostCheck): void {
  server.addHook('onRequest', async ({ raw, headers, originalUrl }) => {
    if (raw.rawHeaders.length > 2 * MOST_HEADERS) throw new AtalayaError('headers_too_large', 'There are too many headers.')
    const hosts = raw.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host')
    if (hosts.length > 1) throw new AtalayaError('bad_parameter', 'There is more than one Host header (RFC 9112 section 3.2).')
    if (!originalUrl.startsWith('/'))
      throw new AtalayaError('bad_parameter', 'This is no proxy: ask for a path, such as /status.')
    checkHost(headers.host)
  })
}

/** Node.js drops what exceeds its own limit without a word. */
const MOST_HEADERS = 100
