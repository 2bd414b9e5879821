import { isIP } from 'node:net'

/** Whether the text is a host name or an IP address (IPv6 without brackets), with nothing such as a port around it. */
export function isHost(text: string): boolean {
  return isIP(text) !== 0 || /^[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_.])?$/i.test(text)
}
