import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { AtalayaError } from '../api/errors.ts'

/** Refuses a `Host` header that is not a name of this gateway. */
export type HostCheck = (host: string | undefined) => void

/**
 * Somebody can point a name of their own at this machine, and then a page of theirs reads it as if it were their site (DNS
 * rebinding). So `Host` must be an address, a name that cannot be had on the Internet, the machine's own name, or a
 * configured one. Programs of old send none at all, which no browser does.
 */
export function checkHostNames(configured: () => readonly string[]): HostCheck {
  const own = hostname().toLowerCase()
  const isOurs = (host: string) => host === own || configured().some((name) => name.toLowerCase() === host)
  return (header) => {
    if (header === undefined) return
    const host = hostOf(header)
    if (host !== undefined && (isAddress(host) || isPrivateName(host) || isOurs(host))) return
    throw new AtalayaError(
      'unknown_host',
      `This gateway does not go by the name "${(host ?? '').slice(0, 100)}"; add it to server.names to allow it.`,
    )
  }
}

/** Names without a dot, and those that are reserved for networks of one's own (RFC 6761, RFC 6762, RFC 8375). */
function isPrivateName(host: string): boolean {
  return !host.includes('.') || PRIVATE.test(host)
}

function isAddress(host: string): boolean {
  return isIP(host.replace(/^\[|\]$/g, '')) !== 0
}

function hostOf(header: string): string | undefined {
  const url = `http://${header}`
  if (/[/?#@\\]/.test(header) || !URL.canParse(url)) return undefined
  return new URL(url).hostname.toLowerCase().replace(/\.$/, '') || undefined
}

const PRIVATE = /\.(?:localhost|local|internal|home\.arpa|lan)$/
