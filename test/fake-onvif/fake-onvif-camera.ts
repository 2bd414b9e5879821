import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { escapeXml, findAll, parseXml, textAt } from '../../src/onvif/xml.ts'

export interface FakeOnvifSettings {
  readonly user?: string
  readonly password?: string
  /** What its clock is ahead, in milliseconds. */
  readonly clockOffsetMs?: number
  /** Where it says its streams are; the host is what the camera believes to have. */
  readonly streamUri?: (profile: string) => string
  readonly hasMotor?: boolean
  /** It has the second media service too, which tells of a profile `huge` of H.265; or only says so. */
  readonly media2?: 'works' | 'refuses'
}

/** A camera that speaks ONVIF by SOAP, and an Amcrest's `ptz.cgi` behind Digest. It notes what it is told. */
export interface FakeOnvifCamera extends AsyncDisposable {
  readonly port: number
  /** Names of the SOAP calls with their login accepted, and the queries of `ptz.cgi`. */
  readonly calls: readonly string[]
}

export async function startFakeOnvifCamera(settings: FakeOnvifSettings = {}): Promise<FakeOnvifCamera> {
  const { user = 'admin', password = 'canary7pass', clockOffsetMs = 0, hasMotor = true, media2 } = settings
  const { streamUri = (profile) => `rtsp://192.168.77.1:554/${profile}` } = settings
  const calls: string[] = []
  const answer = (path: string, text: string): [number, string] => {
    const request = parseXml(text)
    const name = findAll(request, 'Body')[0]?.children[0]?.name ?? ''
    const body = (inner: string): [number, string] => [200, envelope(`<x:${name}Response>${inner}</x:${name}Response>`)]
    if (name === 'GetSystemDateAndTime') return body(clock(new Date(Date.now() + clockOffsetMs)))
    const created = textAt(request, 'Created') ?? ''
    const nonce = Buffer.from(textAt(request, 'Nonce') ?? '', 'base64')
    const digest = createHash('sha1')
      .update(Buffer.concat([nonce, Buffer.from(created + password)]))
      .digest('base64')
    const isFresh = Math.abs(Date.parse(created) - Date.now() - clockOffsetMs) < 5000
    if (!isFresh || textAt(request, 'Username') !== user || textAt(request, 'Password') !== digest) {
      return refusal('NotAuthorized')
    }
    calls.push(name + (textAt(request, 'Timeout') ?? '') + (textAt(request, 'PresetToken') ?? ''))
    const here = 'http://192.168.77.1/onvif'
    const isSecond = path === '/onvif/media2'
    if (isSecond && media2 !== 'works') return refusal('ActionNotSupported')
    switch (name) {
      case 'GetServices':
        if (media2 === undefined) return refusal('ActionNotSupported')
        return body(
          ['ver10/device', 'ver10/media', 'ver20/media']
            .map(
              (service) =>
                `<x:Service><x:Namespace>http://www.onvif.org/${service}/wsdl</x:Namespace><x:XAddr>${here}/media2</x:XAddr></x:Service>`,
            )
            .join(''),
        )
      case 'GetCapabilities':
        return body(
          `<x:Media><x:XAddr>${here}/media</x:XAddr></x:Media>${hasMotor ? `<x:PTZ><x:XAddr>${here}/ptz</x:XAddr></x:PTZ>` : ''}`,
        )
      case 'GetProfiles':
        if (isSecond) return body(profile2('huge', [3840, 2160], 'H265') + profile2('small', [640, 360], 'H264'))
        return body(
          profile('big', [1920, 1080], hasMotor) +
            profile('small', [640, 360], hasMotor) +
            profile('photo', [3840, 2160], false, 'JPEG'),
        )
      case 'GetStreamUri':
        return body(`<x:Uri>${escapeXml(streamUri(textAt(request, 'ProfileToken') ?? ''))}</x:Uri>`)
      case 'GetSnapshotUri':
        return body('<x:Uri>http://192.168.77.1/snap.jpg</x:Uri>')
      case 'GetPresets':
        return body('<x:Preset token="1"><x:Name>Door &amp; yard</x:Name></x:Preset><x:Preset token="2"/>')
      default:
        return body('')
    }
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const [path = '', query = ''] = (request.url ?? '').split('?')
      if (path !== '/cgi-bin/ptz.cgi') {
        const [status, text] = answer(path, Buffer.concat(chunks).toString())
        response.writeHead(status, { 'Content-Type': 'application/soap+xml' }).end(text)
      } else if (!isDigestRight(request.headers.authorization ?? '', request.url ?? '', user, password)) {
        response.writeHead(401, { 'WWW-Authenticate': 'Digest realm="cam", nonce="n1", qop="auth"' }).end()
      } else {
        calls.push(query)
        response.end(query.includes('getPresets') ? 'presets[0].Index=1\r\npresets[0].Name=Door\r\n' : 'OK\r\n')
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    calls,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function isDigestRight(field: string, uri: string, user: string, password: string): boolean {
  const value = (name: string) => new RegExp(`${name}="?([^",]*)`).exec(field)?.[1] ?? ''
  const md5 = (text: string) => createHash('md5').update(text).digest('hex')
  const [nc, cnonce] = [value('nc'), value('cnonce')]
  return value(' response') === md5(`${md5(`${user}:cam:${password}`)}:n1:${nc}:${cnonce}:auth:${md5(`GET:${uri}`)}`)
}

function envelope(body: string): string {
  return `<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>${body}</s:Body></s:Envelope>`
}

function refusal(why: string): [number, string] {
  const code = `<s:Value>s:Sender</s:Value><s:Subcode><s:Value>ter:${why}</s:Value></s:Subcode>`
  return [400, envelope(`<s:Fault><s:Code>${code}</s:Code></s:Fault>`)]
}

function clock(at: Date): string {
  const date = `<x:Date><x:Year>${at.getUTCFullYear()}</x:Year><x:Month>${at.getUTCMonth() + 1}</x:Month><x:Day>${at.getUTCDate()}</x:Day></x:Date>`
  const time = `<x:Time><x:Hour>${at.getUTCHours()}</x:Hour><x:Minute>${at.getUTCMinutes()}</x:Minute><x:Second>${at.getUTCSeconds()}</x:Second></x:Time>`
  return `<x:UTCDateTime>${time}${date}</x:UTCDateTime>`
}

function profile(token: string, [width, height]: readonly [number, number], hasMotor: boolean, encoding = 'H264'): string {
  const encoder = `<x:Encoding>${encoding}</x:Encoding><x:Resolution><x:Width>${width}</x:Width><x:Height>${height}</x:Height></x:Resolution>`
  return (
    `<x:Profiles token="${token}"><x:VideoSourceConfiguration><x:SourceToken>eye</x:SourceToken></x:VideoSourceConfiguration>` +
    `<x:VideoEncoderConfiguration>${encoder}</x:VideoEncoderConfiguration>${hasMotor ? '<x:PTZConfiguration token="m"/>' : ''}</x:Profiles>`
  )
}

function profile2(token: string, [width, height]: readonly [number, number], encoding: string): string {
  const encoder = `<x:Encoding>${encoding}</x:Encoding><x:Resolution><x:Width>${width}</x:Width><x:Height>${height}</x:Height></x:Resolution>`
  const source = '<x:VideoSource token="s"><x:SourceToken>eye</x:SourceToken></x:VideoSource>'
  const parts = `${source}<x:VideoEncoder token="e">${encoder}</x:VideoEncoder><x:PTZ token="m"/>`
  return `<x:Profiles token="${token}"><x:Configurations>${parts}</x:Configurations></x:Profiles>`
}
