import type { Destinations } from './destinations.ts'
import { Secret } from './secret.ts'

/** Who logs in at a camera. */
export interface Credentials {
  readonly user: string
  readonly password: Secret
}

/**
 * The address of a camera, taken apart once, so that its credentials can never travel inside text: `toString()` and
 * `toJSON()` leave the user and the password out.
 */
export class CameraUrl {
  /** In lower case, without the colon. */
  readonly scheme: string
  /** A name, an IPv4 address, or an IPv6 address without brackets. */
  readonly host: string
  readonly port: number | undefined
  /** Path and query as they go on the wire; empty or beginning with `/` or `?`. */
  readonly path: string
  readonly credentials: Credentials | undefined
  /** Where it may lead, for one that is about to be connected to. */
  readonly destinations?: Destinations | undefined

  constructor(parts: Omit<CameraUrl, 'toString' | 'toJSON' | 'authority' | 'with'>) {
    this.scheme = parts.scheme
    this.host = parts.host
    this.port = parts.port
    this.path = parts.path
    this.credentials = parts.credentials
    if (parts.destinations) this.destinations = parts.destinations
  }

  /** `host` or `host:port`, an IPv6 address in brackets (RFC 3986 section 3.2). */
  get authority(): string {
    const host = this.host.includes(':') ? `[${this.host}]` : this.host
    return this.port === undefined ? host : `${host}:${this.port}`
  }

  /** The same address with some parts replaced. */
  with(parts: Partial<Pick<CameraUrl, 'path' | 'credentials' | 'host' | 'port' | 'destinations'>>): CameraUrl {
    return new CameraUrl({ ...this, ...parts })
  }

  toString(): string {
    return `${this.scheme}://${this.authority}${this.path}`
  }

  toJSON(): string {
    return this.toString()
  }
}

/**
 * Takes a camera's URL apart. It forgives what people type: a password may hold `@ : # % / ?` and spaces, encoded or not.
 * Credentials end at the last `@` of the authority (RFC 3986 section 3.2); where the text before the first `/`, `?` or `#`
 * is no valid authority, they end at the last `@` that is followed by one.
 * @throws {TypeError} when the text is no URL; the message does not repeat the text, which may hold a password.
 */
export function parseCameraUrl(text: string): CameraUrl {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)
  if (!scheme?.[1]) throw new TypeError('it must begin with a scheme such as rtsp://')
  const rest = text.slice(scheme[0].length)
  for (const { userinfo, address } of readings(rest)) {
    const authority = AUTHORITY.exec(address)
    if (!authority) continue
    const [, host6, host, port] = authority
    if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) continue
    return new CameraUrl({
      scheme: scheme[1].toLowerCase(),
      host: host6 ?? host ?? '',
      port: port === undefined ? undefined : Number(port),
      path: address.slice(authority[0].length).replaceAll(' ', '%20'),
      credentials: userinfo === undefined ? undefined : parseUserinfo(userinfo),
    })
  }
  throw new TypeError('what follows :// is no host name or address with an optional port from 1 to 65535')
}

/** `[IPv6]` or a name or IPv4 address, a port, and then the path, the query or nothing. */
const AUTHORITY = /^(?:\[([0-9a-f:.%]+)\]|([a-z0-9_](?:[a-z0-9._-]*[a-z0-9_.])?))(?::(\d{1,5}))?(?=[/?#]|$)/i

/** The ways to split credentials from the address, the standard one first. */
function* readings(rest: string): Generator<{ userinfo: string | undefined; address: string }> {
  const authorityEnd = rest.search(/[/?#]|$/)
  const standard = rest.lastIndexOf('@', authorityEnd)
  if (standard < 0) yield { userinfo: undefined, address: rest }
  else yield { userinfo: rest.slice(0, standard), address: rest.slice(standard + 1) }
  for (let at = rest.lastIndexOf('@'); at > standard; at = rest.lastIndexOf('@', at - 1)) {
    yield { userinfo: rest.slice(0, at), address: rest.slice(at + 1) }
    if (at === 0) return
  }
}

function parseUserinfo(userinfo: string): Credentials {
  const colon = userinfo.indexOf(':')
  const user = colon < 0 ? userinfo : userinfo.slice(0, colon)
  const password = colon < 0 ? '' : userinfo.slice(colon + 1)
  return { user: decodePercent(user), password: new Secret(decodePercent(password)) }
}

/** Percent-decoding that leaves a `%` alone where no two hexadecimal digits follow, as in the password `50%off`. */
function decodePercent(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded)
    } catch {
      return encoded // not UTF-8: it was meant literally
    }
  })
}
