import { AtalayaError } from '../api/errors.ts'
import { type CameraUrl, parseCameraUrl } from '../lib/camera-url.ts'
import { callSoap } from './soap.ts'
import { escapeXml, findAll, textAt, type XmlElement } from './xml.ts'

/** A combination of video source and encoder that a camera offers. */
export interface OnvifProfile {
  readonly token: string
  /** The video source that it shows: a recorder has several. */
  readonly source: string
  /** `H264`, `JPEG`, …; empty where the profile has no video. */
  readonly encoding: string
  readonly width: number
  readonly height: number
  readonly canMove: boolean
}

/** What an ONVIF device says of itself, asked for anew by each object: nothing outlives a restart of the camera. */
export class OnvifDevice {
  readonly #url: CameraUrl
  readonly #signal: AbortSignal | undefined
  #services: { media: string; ptz: string | undefined; clockOffsetMs: number } | undefined

  /** @param url host and port of its service, with the login */
  constructor(url: CameraUrl, signal?: AbortSignal) {
    this.#url = url
    this.#signal = signal
  }

  async profiles(): Promise<OnvifProfile[]> {
    const answer = await this.#media('<t:GetProfiles/>')
    return findAll(answer, 'Profiles').slice(0, MAX_PROFILES).map(readProfile)
  }

  /** The address of the stream of a profile, at the host that is configured: what the camera says of its host may be of another network. */
  async streamUrl(profile: OnvifProfile): Promise<CameraUrl> {
    const setup = '<tt:Stream>RTP-Unicast</tt:Stream><tt:Transport><tt:Protocol>RTSP</tt:Protocol></tt:Transport>'
    const token = escapeXml(profile.token)
    const answer = await this.#media(
      `<t:GetStreamUri><t:StreamSetup>${setup}</t:StreamSetup><t:ProfileToken>${token}</t:ProfileToken></t:GetStreamUri>`,
    )
    return this.#atHost(textAt(answer, 'Uri') ?? '', 'rtsp')
  }

  async snapshotUrl(profile: OnvifProfile): Promise<CameraUrl> {
    const answer = await this.#media(
      `<t:GetSnapshotUri><t:ProfileToken>${escapeXml(profile.token)}</t:ProfileToken></t:GetSnapshotUri>`,
    )
    return this.#atHost(textAt(answer, 'Uri') ?? '', 'http')
  }

  /** Calls the PTZ service. @throws {AtalayaError} `no_ptz` where the camera has none */
  async ptz(body: string): Promise<XmlElement> {
    const { ptz, clockOffsetMs } = await this.#open()
    if (ptz === undefined) throw new AtalayaError('no_ptz', `The camera at ${this.#url.authority} has no PTZ service.`)
    return callSoap(this.#url, { path: ptz, body, namespace: PTZ, clockOffsetMs }, this.#signal)
  }

  async #media(body: string): Promise<XmlElement> {
    const { media, clockOffsetMs } = await this.#open()
    return callSoap(this.#url, { path: media, body, namespace: MEDIA, clockOffsetMs }, this.#signal)
  }

  async #open() {
    if (this.#services) return this.#services
    const clockOffsetMs = await this.#readClock()
    const call = { path: DEVICE_PATH, namespace: DEVICE, clockOffsetMs }
    const body = '<t:GetCapabilities><t:Category>All</t:Category></t:GetCapabilities>'
    const answer = await callSoap(this.#url, { ...call, body }, this.#signal)
    const media = textAt(answer, 'Media', 'XAddr')
    const ptz = textAt(answer, 'PTZ', 'XAddr')
    this.#services = { media: pathOf(media) ?? '/onvif/media_service', ptz: pathOf(ptz), clockOffsetMs }
    return this.#services
  }

  /** Logins hold the time of the camera, whose clock is often wrong (ONVIF Core, section 5.9.1). It may be asked by anybody. */
  async #readClock(): Promise<number> {
    const call = { path: DEVICE_PATH, namespace: DEVICE, body: '<t:GetSystemDateAndTime/>' }
    const answer = await callSoap(this.#url, call, this.#signal)
    const [time] = findAll(answer, 'UTCDateTime')
    if (!time) return 0
    const [year = 0, month = 1, day, hour, minute, second] = ['Year', 'Month', 'Day', 'Hour', 'Minute', 'Second'].map((name) =>
      Number(textAt(time, name)),
    )
    const at = Date.UTC(year, month - 1, day, hour, minute, second)
    return Number.isNaN(at) ? 0 : at - Date.now()
  }

  #atHost(uri: string, scheme: 'rtsp' | 'http'): CameraUrl {
    try {
      const url = parseCameraUrl(uri)
      if (url.scheme === scheme) {
        const { host, credentials, destinations } = this.#url
        return url.with({ host, credentials, destinations })
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
    }
    throw new AtalayaError('unsupported', `The camera at ${this.#url.authority} names no ${scheme} address of its stream.`)
  }
}

const DEVICE_PATH = '/onvif/device_service'
const DEVICE = 'http://www.onvif.org/ver10/device/wsdl'
const MEDIA = 'http://www.onvif.org/ver10/media/wsdl'
const PTZ = 'http://www.onvif.org/ver20/ptz/wsdl'
const MAX_PROFILES = 64

/** Only the path counts: a camera behind a router names an address of its own network. */
function pathOf(address: string | undefined): string | undefined {
  return address !== undefined && URL.canParse(address) ? new URL(address).pathname : undefined
}

function readProfile(profile: XmlElement): OnvifProfile {
  return {
    token: profile.attributes.get('token') ?? '',
    source: textAt(profile, 'VideoSourceConfiguration', 'SourceToken') ?? '',
    encoding: textAt(profile, 'VideoEncoderConfiguration', 'Encoding') ?? '',
    width: Number(textAt(profile, 'VideoEncoderConfiguration', 'Resolution', 'Width') ?? 0),
    height: Number(textAt(profile, 'VideoEncoderConfiguration', 'Resolution', 'Height') ?? 0),
    canMove: findAll(profile, 'PTZConfiguration').length > 0,
  }
}
