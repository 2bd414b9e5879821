import { isIP } from 'node:net'
import type { ConfigPath } from './config-document.ts'
import type { Findings } from './findings.ts'

/** The path in front of all addresses: empty, or with a slash at its beginning and none at its end. */
export function readBasePath(text: string, findings: Findings): string {
  const path = text.replace(/\/$/, '')
  if (path !== '' && !BASE_PATH.test(path)) {
    findings.problem(
      ['basePath'],
      'must be the path under which a proxy shows the gateway, such as /cameras: letters, digits, -, _, . and ~, with a slash in front',
    )
  }
  return path
}

/** The proxies whose word on who asks is taken. */
export function readTrustedProxies(addresses: readonly string[], findings: Findings): readonly string[] {
  return readNetworks(addresses, ['trustedProxies'], findings)
}

/** A list of addresses and networks. */
export function readNetworks(networks: readonly string[], path: ConfigPath, findings: Findings): readonly string[] {
  const what = path[0] === 'trustedProxies' ? 'the IP address of a proxy or a network' : 'an IP address or a network'
  networks.forEach((text, index) => {
    if (!isNetwork(text)) {
      findings.problem([...path, String(index)], `must be ${what}, such as 127.0.0.1 or 10.0.0.0/8`)
    }
  })
  return networks.filter(isNetwork)
}

/** No segment is `.` or `..`: browsers resolve those before they ask. */
const BASE_PATH = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)+$/

/** An IP address, perhaps with the length of its network's prefix. Nobody trusts the whole world: the length is 1 or more. */
export function isNetwork(text: string): boolean {
  const [address = '', length, ...rest] = text.split('/')
  const family = isIP(address)
  if (family === 0 || address.includes('%') || rest.length > 0) return false
  return length === undefined || (/^[1-9]\d{0,2}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128))
}
