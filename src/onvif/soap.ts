import { createHash, randomBytes } from 'node:crypto'
import { AtalayaError } from '../api/errors.ts'
import type { CameraUrl, Credentials } from '../lib/camera-url.ts'
import { askCamera } from './camera-http.ts'
import { escapeXml, findAll, parseXml, type XmlElement } from './xml.ts'

/** One call of a service of an ONVIF device. */
export interface SoapCall {
  /** Path of the service, such as `/onvif/device_service`. */
  readonly path: string
  /** The element of the body; `t:` is the namespace below. */
  readonly body: string
  readonly namespace: string
  /** What the camera's clock is ahead of ours, in milliseconds; absent: without a login. */
  readonly clockOffsetMs?: number
}

/**
 * Calls a service by SOAP 1.2 and returns the body of its answer. The login goes as a WS-UsernameToken digest (ONVIF Core,
 * section 5.9.1), and by HTTP Digest where the camera asks for that.
 * @throws {AtalayaError} `auth_failed`, `unsupported` for a fault, else as `askCamera`
 */
export async function callSoap(url: CameraUrl, call: SoapCall, signal?: AbortSignal): Promise<XmlElement> {
  const { path, body, namespace, clockOffsetMs } = call
  const header = clockOffsetMs === undefined || !url.credentials ? '' : securityHeader(url.credentials, clockOffsetMs)
  const envelope =
    `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:t="${namespace}" ` +
    `xmlns:tt="http://www.onvif.org/ver10/schema">${header}<s:Body>${body}</s:Body></s:Envelope>`
  const answer = await askCamera(
    url,
    { method: 'POST', path, body: envelope, contentType: 'application/soap+xml; charset=utf-8', digestOnly: true },
    signal,
  )
  if (answer.status === 404) throw failure(url, 'has no ONVIF service there: switch ONVIF on in the camera, and check its port')
  const document = parseXml(answer.body.trim())
  const [found] = findAll(document, 'Body')
  const [fault] = findAll(document, 'Fault')
  if (!found || fault) throw faultOf(url, fault, answer.status)
  return found
}

function securityHeader({ user, password }: Credentials, clockOffsetMs: number): string {
  const nonce = randomBytes(16)
  const created = new Date(Date.now() + clockOffsetMs).toISOString()
  const digest = createHash('sha1')
    .update(Buffer.concat([nonce, Buffer.from(created + password.reveal())]))
    .digest('base64')
  return (
    `<s:Header><w:Security s:mustUnderstand="1" xmlns:w="${WSS}wssecurity-secext-1.0.xsd"><w:UsernameToken>` +
    `<w:Username>${escapeXml(user)}</w:Username><w:Password Type="${PROFILE}#PasswordDigest">${digest}</w:Password>` +
    `<w:Nonce EncodingType="${MESSAGE}#Base64Binary">${nonce.toString('base64')}</w:Nonce>` +
    `<u:Created xmlns:u="${WSS}wssecurity-utility-1.0.xsd">${created}</u:Created></w:UsernameToken></w:Security></s:Header>`
  )
}

const WSS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-'
const PROFILE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0'
const MESSAGE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0'

function faultOf(url: CameraUrl, fault: XmlElement | undefined, status: number): AtalayaError {
  const codes = fault ? findAll(fault, 'Value').map(({ text }) => text) : []
  if (status === 403 || codes.some((code) => /NotAuthorized|FailedAuthentication|InvalidSecurity/i.test(code))) {
    return new AtalayaError('auth_failed', `The ONVIF service of ${url.authority} does not accept the user or the password.`)
  }
  const words = fault ? (findAll(fault, 'Text')[0]?.text ?? codes.at(-1) ?? '') : `HTTP ${status}`
  return failure(url, `cannot do that (${words.replace(/[^\x20-\x7e]/g, ' ').slice(0, 100)})`)
}

function failure(url: CameraUrl, what: string): AtalayaError {
  return new AtalayaError('unsupported', `The ONVIF service of ${url.authority} ${what}.`)
}
