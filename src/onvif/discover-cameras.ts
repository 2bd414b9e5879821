import { randomUUID } from 'node:crypto'
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { networkInterfaces } from 'node:os'
import { AtalayaError } from '../api/errors.ts'
import { findAll, parseXml, textAt } from './xml.ts'

/** A camera that answered. Its words are its own: nothing in them is checked. */
export interface FoundCamera {
  /** The address that the answer came from. */
  readonly host: string
  /** The TCP port of its ONVIF service. */
  readonly port: number
  readonly name: string
  readonly hardware: string
}

export interface DiscoveryOptions {
  /** How long answers are waited for. */
  readonly waitMs?: number
  /** Whom to ask; the multicast group of WS-Discovery unless given. */
  readonly target?: { readonly address: string; readonly port: number }
}

/**
 * Asks the networks of this machine for ONVIF cameras (WS-Discovery 1.0 over UDP, ONVIF Core section 7.3). They need no login for that.
 * @throws {AtalayaError} `unreachable` where nobody can be asked
 */
export async function discoverCameras({ waitMs = 3000, target = GROUP }: DiscoveryOptions = {}): Promise<FoundCamera[]> {
  const found = new Map<string, FoundCamera>()
  const sockets: Socket[] = []
  try {
    for (const address of target === GROUP ? ownAddresses() : [undefined]) {
      const socket = createSocket('udp4')
      sockets.push(socket)
      socket.on('error', () => undefined) // one network that cannot be asked does not keep the others from it
      socket.on('message', (message, from) => {
        for (const camera of readMatches(message, from)) {
          if (found.size < MAX_FOUND) found.set(`${camera.host}:${camera.port}`, camera)
        }
      })
      socket.bind(0, address)
      await once(socket, 'listening')
    }
    if (sockets.length === 0) throw new AtalayaError('unreachable', 'This machine has no network in which cameras could be.')
    // UDP gets lost: it is asked twice.
    for (const part of [1, 3]) {
      for (const socket of sockets) socket.send(probe(), target.port, target.address, () => undefined)
      await new Promise((resolve) => setTimeout(resolve, (waitMs * part) / 4))
    }
  } finally {
    for (const socket of sockets) socket.close()
  }
  return [...found.values()].toSorted((a, b) => a.host.localeCompare(b.host, 'en', { numeric: true }))
}

const GROUP = { address: '239.255.255.250', port: 3702 }
const MAX_FOUND = 256

function ownAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)
}

function probe(): string {
  const discovery = 'http://schemas.xmlsoap.org/ws/2005/04/discovery'
  return (
    '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" ' +
    `xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="${discovery}" xmlns:n="http://www.onvif.org/ver10/network/wsdl">` +
    `<s:Header><a:MessageID>uuid:${randomUUID()}</a:MessageID><a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>` +
    `<a:Action>${discovery}/Probe</a:Action></s:Header><s:Body><d:Probe><d:Types>n:NetworkVideoTransmitter</d:Types></d:Probe></s:Body></s:Envelope>`
  )
}

function readMatches(message: Buffer, { address }: RemoteInfo): FoundCamera[] {
  try {
    return findAll(parseXml(message.toString('utf8')), 'ProbeMatch').map((match) => {
      const scopes = (textAt(match, 'Scopes') ?? '').split(/\s+/)
      const services = (textAt(match, 'XAddrs') ?? '').split(/\s+/)
      return { host: address, port: portOf(services), name: scopeOf(scopes, 'name'), hardware: scopeOf(scopes, 'hardware') }
    })
  } catch (error) {
    if (error instanceof AtalayaError) return [] // anybody may send anything to a UDP port
    throw error
  }
}

function portOf(services: readonly string[]): number {
  const http = services.find((service) => service.startsWith('http://') && URL.canParse(service))
  return http ? Number(new URL(http).port || 80) : 80
}

/** `onvif://www.onvif.org/name/IPC%20Front` */
function scopeOf(scopes: readonly string[], kind: string): string {
  const text = scopes.find((scope) => scope.includes(`/${kind}/`))?.split(`/${kind}/`)[1] ?? ''
  const plain = text.replace(/%([0-7][0-9a-f])/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
  return plain.replace(/[^\x20-\x7e]/g, '').slice(0, 60)
}
