import { networkInterfaces } from 'node:os'

/**
 * The addresses under which people reach what listens on a host, the nearest first: for a wildcard such as 0.0.0.0 this
 * machine's own addresses. Each ends with a slash.
 */
export function addressesOf(host: string, port: number): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [addressOf(host, port)]
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => addressOf(address, port))
  return [addressOf('localhost', port), ...outside]
}

function addressOf(host: string, port: number): string {
  const bracketed = host.includes(':') ? `[${host}]` : host
  return port === 80 ? `http://${bracketed}/` : `http://${bracketed}:${port}/`
}
