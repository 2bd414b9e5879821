import type { FastifyRequest } from 'fastify'
import { AtalayaError } from '../api/errors.ts'

/** Lets a request pass or throws `forbidden_origin`. */
export type Guard = (request: FastifyRequest) => Promise<void>

/**
 * A Fastify hook for a WebSocket. Browsers open one for any page and let it read what comes, so a page must be of this very host (on
 * any port) or of a trusted origin. Programs send no `Origin` and pass, where they bring a key or no one has to log in.
 */
export function refuseForeignReaders(origins: () => readonly string[]): Guard {
  return async ({ headers, subject }) => {
    const { origin } = headers
    // Every browser names the page that opens a WebSocket; a session without one was taken from a browser.
    if (origin === undefined && subject.way !== 'session') return
    if (origin !== undefined && hostOf(origin) === hostOf(`http://${headers.host ?? ''}`)) return
    if (origins().some((one) => one.toLowerCase() === originOf(origin ?? ''))) return
    throw new AtalayaError(
      'forbidden_origin',
      `A page of ${describe(origin ?? '')} may not watch here; add its origin to cors.origins to allow it.`,
    )
  }
}

/**
 * A Fastify hook for every route that changes something. Browsers send requests on behalf of any page: one that a page made
 * must come from a page of this very host (on any port) or from a trusted origin. What browsers bring along by themselves, a
 * session for one, counts only where it is known which page has asked. Programs send neither `Origin` nor `Referer` and pass,
 * and so does who brings a key or a signature, which no other page has.
 * @param trusted origins of other pages, such as `https://lab.example`
 */
export function guardAgainstForeignPages(trusted: () => readonly string[]): Guard {
  return async (request) => {
    const { way } = request.subject
    if (way === 'key' || way === 'address') return
    const page = request.headers.origin ?? request.headers.referer
    if (page !== undefined && !isTrusted(page, hostOf(`http://${request.headers.host ?? ''}`))) {
      throw new AtalayaError(
        'forbidden_origin',
        `A page of ${describe(page)} may not change anything here; add its origin to cors.origins to allow it.`,
      )
    }
    if (page === undefined && isFromUnknownPage(request)) throw new AtalayaError('forbidden_origin', NO_PAGE)
  }

  function isTrusted(page: string, host: string | undefined): boolean {
    const origin = originOf(page)
    if (origin === undefined) return false
    return hostOf(page) === host || trusted().some((one) => one.toLowerCase() === origin)
  }
}

/** No page of another site can send JSON without being asked about beforehand (Fetch standard, section 3.3). */
function isFromUnknownPage({ headers, method, subject }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site']
  if (site === 'cross-site') return true
  const isAmbient = subject.way === 'session' || subject.way === 'proxy' || (subject.way === 'basic' && isBrowser(headers))
  const isJson = method !== 'GET' && headers['content-type']?.startsWith('application/json') === true
  return isAmbient && site !== 'same-origin' && !isJson
}

/** Every browser says so, and no page can make it say otherwise. */
export function isBrowser(headers: FastifyRequest['headers']): boolean {
  return headers['user-agent']?.startsWith('Mozilla/') === true
}

const NO_PAGE = 'It is not known which page asks for this; ask from a page of this gateway, or with a key or a signed address.'

function hostOf(url: string): string | undefined {
  return parse(url)?.hostname.toLowerCase()
}

function originOf(url: string): string | undefined {
  return parse(url)?.origin.toLowerCase()
}

function describe(page: string): string {
  return parse(page)?.origin.slice(0, 100) ?? 'an unknown origin'
}

function parse(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined
}
