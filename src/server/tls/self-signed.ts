import { generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto'
import { isIP, isIPv4 } from 'node:net'
import { bitString, der, integer, objectIdentifier, sequence, time } from '../../lib/der.ts'

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string
  readonly key: string
}

/**
 * Makes a certificate that signs itself (RFC 5280), with an ECDSA key on P-256. Browsers warn of it once; what they accept
 * then is this certificate and no other.
 * @param names host names and IP addresses that it is for
 * @param now the time of day
 */
export function makeSelfSigned(names: readonly string[], now = new Date()): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const until = new Date(now.getTime() + LASTS_MS)
  const name = sequence(der(SET, sequence(COMMON_NAME, der(UTF8_STRING, Buffer.from('Atalaya (self-signed)')))))
  const serial = randomBytes(16)
  serial[0] = (serial[0] ?? 0) & 0x7f || 1 // positive, and not longer than it looks
  const content = sequence(
    der(explicit(0), integer(Buffer.from([2]))), // version 3
    integer(serial),
    SIGNATURE,
    name,
    sequence(time(new Date(now.getTime() - EARLIER_MS)), time(until)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(
      explicit(3),
      sequence(
        extension('2.5.29.19', true, sequence()), // basic constraints: it signs no others
        extension('2.5.29.15', true, der(BIT_STRING, Buffer.from([7, 0x80]))), // key usage: digital signature
        extension('2.5.29.37', false, sequence(objectIdentifier('1.3.6.1.5.5.7.3.1'))), // for servers
        extension('2.5.29.17', false, sequence(...names.map(alternativeName))),
      ),
    ),
  )
  const whole = sequence(content, SIGNATURE, bitString(sign('sha256', content, privateKey)))
  return { certificate: toPem(whole), key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

/** Whether a certificate is for all of these names and addresses, and lasts a while yet. */
export function isFitting(certificate: string, names: readonly string[], now = new Date()): boolean {
  const x509 = new X509Certificate(certificate)
  const lasts = Date.parse(x509.validTo) - now.getTime() > RENEW_BEFORE_MS
  return lasts && names.every((name) => (isIP(name) ? x509.checkIP(name) : x509.checkHost(name)) !== undefined)
}

function extension(id: string, isCritical: boolean, value: Buffer): Buffer {
  const critical = isCritical ? [der(BOOLEAN, Buffer.from([0xff]))] : []
  return sequence(objectIdentifier(id), ...critical, der(OCTET_STRING, value))
}

/** RFC 5280 section 4.2.1.6. */
function alternativeName(name: string): Buffer {
  return isIP(name) ? der(0x87, addressBytes(name)) : der(0x82, Buffer.from(name))
}

function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number))
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const [before, after] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':')))
  const zeros = Array<string>(8 - (before?.length ?? 0) - (after?.length ?? 0)).fill('0')
  const groups = [...(before ?? []), ...(tail === undefined ? [] : zeros), ...(after ?? [])]
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex')
}

function toPem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

const explicit = (number: number) => 0xa0 | number
const [BOOLEAN, BIT_STRING, OCTET_STRING, UTF8_STRING, SET] = [0x01, 0x03, 0x04, 0x0c, 0x31] as const
const COMMON_NAME = objectIdentifier('2.5.4.3')
/** ecdsa-with-SHA256 (RFC 5758 section 3.2). */
const SIGNATURE = sequence(objectIdentifier('1.2.840.10045.4.3.2'))

const DAY_MS = 24 * 3_600_000
/** Apple's systems take none that lasts longer than 825 days. */
const LASTS_MS = 800 * DAY_MS
const RENEW_BEFORE_MS = 30 * DAY_MS
/** The clock of whoever looks may be behind. */
const EARLIER_MS = DAY_MS
