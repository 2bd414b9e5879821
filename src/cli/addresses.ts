import { networkInterfaces } from 'node:os'

/**
 * The addresses under which people reach what listens on a host, the nearest first: for a wildcard such as 0.0.0.0 this
 * machine's own addresses. Each ends with a slash.
 * @param basePath what stands in front of every path, such as `/cameras`
 */
export function addressesOf(host: string, port: number, basePath = ''): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [addressOf(host, port, basePath)]
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => addressOf(address, port, basePath))
  return [addressOf('localhost', port, basePath), ...outside]
}

function addressOf(host: string, port: number, basePath: string): string {
  const bracketed = host.includes(':') ? `[${host}]` : host
  return `http://${bracketed}${port === 80 ? '' : `:${port}`}${basePath}/`
}
