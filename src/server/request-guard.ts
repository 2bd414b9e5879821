import { isIP } from 'node:net'
import { hostname } from 'node:os'
import type { FastifyRequest } from 'fastify'
import { AtalayaError } from '../api/errors.ts'

/** Which pages and host names may change things here. */
export interface GuardOptions {
  /** Names under which people reach this gateway, beside its addresses and the machine's own name. */
  readonly names: readonly string[]
  /** Origins of other pages that are trusted, such as `https://lab.example`. */
  readonly origins: readonly string[]
}

/** Lets a request pass or throws `forbidden_origin`. */
export type Guard = (request: FastifyRequest) => Promise<void>

/**
 * A Fastify hook for a WebSocket. Browsers open one for any page and let it read what comes, so a page must be of this very host (on
 * any port) or of a trusted origin. Programs send no `Origin` and pass.
 */
export function refuseForeignReaders(origins: () => GuardOptions['origins']): Guard {
  return async ({ headers }) => {
    if (headers.origin === undefined) return
    if (hostOf(headers.origin) === hostOf(`http://${headers.host ?? ''}`)) return
    if (origins().some((one) => one.toLowerCase() === originOf(headers.origin ?? ''))) return
    throw new AtalayaError(
      'forbidden_origin',
      `A page of ${describe(headers.origin)} may not watch here; add its origin to cors.origins to allow it.`,
    )
  }
}

/**
 * A Fastify hook for every route that changes something. Browsers send requests on behalf of any page, so:
 * - `Host` must be an address, this machine's name or a configured one; a name that somebody else points at us
 *   (DNS rebinding) is refused;
 * - a request that a page made must come from a page of this very host (on any port) or from a trusted origin.
 * Programs send neither `Origin` nor `Referer` and pass.
 */
export function guardAgainstForeignPages(options: () => GuardOptions): Guard {
  return async (request) => {
    const host = hostOf(`http://${request.headers.host ?? ''}`)
    if (!host || !(isAddress(host) || host.endsWith('.localhost') || isOurs(host))) {
      throw new AtalayaError(
        'forbidden_origin',
        `This gateway does not go by the name "${host?.slice(0, 100) ?? ''}"; add it to server.names to allow it.`,
      )
    }
    const page = request.headers.origin ?? request.headers.referer
    if (page !== undefined && !isTrusted(page, host)) {
      throw new AtalayaError(
        'forbidden_origin',
        `A page of ${describe(page)} may not change anything here; add its origin to cors.origins to allow it.`,
      )
    }
    if (page === undefined && request.headers['sec-fetch-site'] === 'cross-site') throw new AtalayaError('forbidden_origin')
  }

  function isOurs(host: string): boolean {
    return OWN_NAMES.includes(host) || options().names.some((name) => name.toLowerCase() === host)
  }

  function isTrusted(page: string, host: string): boolean {
    const origin = originOf(page)
    if (origin === undefined) return false
    return hostOf(page) === host || options().origins.some((one) => one.toLowerCase() === origin)
  }
}

const OWN_NAMES = ['localhost', hostname().toLowerCase(), `${hostname().toLowerCase()}.local`]

function isAddress(host: string): boolean {
  return isIP(host.replace(/^\[|\]$/g, '')) !== 0
}

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
