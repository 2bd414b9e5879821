import { networkInterfaces } from 'node:os'
import type { Config } from '../config/config.ts'

/**
 * The addresses under which people reach what listens on a host, the nearest first: for a wildcard such as 0.0.0.0 this
 * machine's own addresses. Each ends with a slash.
 */
export function addressesOf(host: string, port: number, { basePath = '', isSecure = false }: AddressParts = {}): string[] {
  const addressOf = (name: string) => formatAddress(name, port, { basePath, isSecure })
  if (host !== '0.0.0.0' && host !== '::') return [addressOf(host)]
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => addressOf(address))
  return [addressOf('localhost'), ...outside]
}

/** What addresses have beside host and port. */
export interface AddressParts {
  /** What stands in front of every path, such as `/cameras`. */
  readonly basePath?: string | undefined
  readonly isSecure?: boolean
}

/** Those of a configuration. */
export function partsOf({ basePath, tls }: Pick<Config, 'basePath' | 'tls'>): AddressParts {
  return { basePath, isSecure: tls !== undefined }
}

function formatAddress(host: string, port: number, { basePath, isSecure }: Required<AddressParts>): string {
  const bracketed = host.includes(':') ? `[${host}]` : host
  const usual = isSecure ? 443 : 80
  return `http${isSecure ? 's' : ''}://${bracketed}${port === usual ? '' : `:${port}`}${basePath}/`
}
