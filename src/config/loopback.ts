import { BlockList, isIP } from 'node:net'

/** Whether only programs of this very machine reach what listens on the host: 127.0.0.0/8, ::1 and `localhost`. */
export function isLoopback(host: string): boolean {
  const family = isIP(host)
  if (family === 0) return /^localhost\.?$/i.test(host)
  return LOOPBACK.check(host, family === 6 ? 'ipv6' : 'ipv4')
}

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')
