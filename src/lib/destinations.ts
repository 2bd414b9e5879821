import { lookup as dnsLookup, type LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import { AtalayaError } from '../api/errors.ts'
import { AddressList } from './address-list.ts'
import type { CameraUrl } from './camera-url.ts'

/** Where a camera may be. It is asked with the very address that is connected to. */
export interface Destinations {
  /** Names are replaced by the address that was checked, where others do the connecting. */
  readonly isPinned?: boolean
  /** Why this address and port may not be connected to; undefined: they may. */
  fault(address: string, port: number): string | undefined
}

/** An address that a camera may not be at; its code is that of a refused connection. */
export class DestinationError extends AtalayaError {
  constructor(authority: string, fault: string) {
    super('refused', `${authority} is not connected to: ${fault}.`)
  }
}

/**
 * What `connect()` and `request()` need, so that a name leads to permitted addresses only: it is resolved once, and what was
 * checked is what is connected to.
 * @throws {DestinationError} where the host is an address already, and not a permitted one
 */
export function guardedConnect({ destinations, host, authority }: CameraUrl, port: number): { lookup?: LookupFunction } {
  if (!destinations) return {}
  if (isIP(host)) {
    const fault = destinations.fault(host, port)
    if (fault !== undefined) throw new DestinationError(authority, fault)
    return {}
  }
  const guarded: LookupFunction = (name, options, callback) => {
    dnsLookup(name, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '')
      const addresses: LookupAddress[] = found
      const permitted = addresses.filter(({ address }) => destinations.fault(address, port) === undefined)
      const [first] = permitted
      if (!first) return callback(new DestinationError(authority, faultOf(destinations, addresses, port)), '')
      if (options.all) callback(null, permitted)
      else callback(null, first.address, first.family)
    })
  }
  return { lookup: guarded }
}

/**
 * Checks a host that somebody else will connect to.
 * @throws {DestinationError}
 * @throws {AtalayaError} `unreachable` where nobody knows the name
 */
export async function checkDestination({ destinations, host, authority }: CameraUrl, port: number): Promise<string> {
  if (!destinations) return host
  const found = await lookup(host, { all: true }).catch((cause: unknown) => {
    throw unknownName(authority, cause)
  })
  const permitted = found.find(({ address }) => destinations.fault(address, port) === undefined)
  if (!permitted) throw new DestinationError(authority, faultOf(destinations, found, port))
  return permitted.address
}

function faultOf(destinations: Destinations, found: readonly LookupAddress[], port: number): string {
  const [fault] = found.flatMap(({ address }) => destinations.fault(address, port) ?? [])
  return fault ?? 'its name has no address'
}

function unknownName(authority: string, cause: unknown): AtalayaError {
  return new AtalayaError('unreachable', `Nobody knows the name ${authority}.`, { cause })
}

/** What a policy is made of. */
export interface DestinationRules {
  /** The port that this gateway listens on, where it does. */
  readonly ownPort: () => number | undefined
  /** The addresses of this machine. */
  readonly ownAddresses: () => readonly string[]
  /** Addresses and networks that are permitted although they would be refused. */
  readonly listed: () => readonly string[]
}

/** For cameras of the configuration file: whoever writes it may name anything but the gateway itself, which would show itself for ever. */
export function notOurselves({ ownPort, ownAddresses }: DestinationRules): Destinations {
  return {
    fault: (address, port) => {
      if (port !== ownPort()) return undefined
      const isOwn = THIS_MACHINE.has(address) || new AddressList(ownAddresses()).has(address)
      return isOwn ? 'it is this gateway itself' : undefined
    },
  }
}

/**
 * For cameras that were added by the API: whoever may add a camera must not reach through the gateway what only this machine
 * reaches, or what is no camera.
 */
export function onlyCameras(rules: DestinationRules): Destinations {
  const ourselves = notOurselves(rules)
  return {
    isPinned: true,
    fault: (address, port) => {
      const own = ourselves.fault(address, port)
      if (own) return own
      if (NO_CAMERA_PORTS.has(port)) return `port ${port} is that of another service`
      if (!NO_CAMERAS.has(address) || new AddressList(rules.listed()).has(address)) return undefined
      return `${address} is an address of this machine, of its link or of nobody; destinations in the configuration can permit it`
    },
  }
}

const THIS_MACHINE = new AddressList(['127.0.0.0/8', '::1', '0.0.0.0', '::'])

/** Loopback, link-local (where clouds keep what a machine may do), multicast, and addresses that are none. */
const NO_CAMERAS = new AddressList([
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/3',
  '100.100.100.200',
  '::',
  '::1',
  'fe80::/10',
  'ff00::/8',
  'fd00:ec2::/32',
  '64:ff9b::/96',
])

/** Mail, shells, name services, databases: what harm can be done by an unexpected request to. */
const NO_CAMERA_PORTS = new Set([
  7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 79, 87, 95, 109, 110, 111, 113, 115, 119, 135, 137, 139, 143,
  161, 179, 389, 427, 445, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 563, 587, 601, 636, 873, 989, 990, 993, 995,
  1433, 1521, 2049, 2375, 2376, 2379, 2380, 3306, 3389, 4222, 5432, 5672, 5900, 6000, 6379, 6443, 6667, 9042, 9092, 9200, 9300,
  10_250, 11_211, 15_672, 27_017, 50_000,
])
