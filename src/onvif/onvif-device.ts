import { AtalayaError } from '../api/errors.ts'
import { type CameraUrl, parseCameraUrl } from '../lib/camera-url.ts'
import { callSoap } from './soap.ts'
import { escapeXml, findAll, textAt, type XmlElement } from './xml.ts'

/** A combination of video source and encoder that a camera offers. */
export interface OnvifProfile {
  readonly token: string
  /** The video source that it shows: a recorder has several. */
  readonly source: string
  /** `H264`, `H265`, `JPEG`, …; empty where the profile has no video. */
  readonly encoding: string
  readonly width: number
  readonly height: number
  readonly canMove: boolean
}

/** What an ONVIF device says of itself, asked for anew by each object: nothing outlives a restart of the camera. */
export class OnvifDevice {
  readonly #url: CameraUrl
  readonly #signal: AbortSignal | undefined
  #services: Services | undefined

  /** @param url host and port of its service, with the login */
  constructor(url: CameraUrl, signal?: AbortSignal) {
    this.#url = url
    this.#signal = signal
  }

  /** By the second media service where the camera has one, for the first knows nothing of H.265. */
  async profiles(): Promise<OnvifProfile[]> {
    const services = await this.#open()
    if (services.media2 !== undefined) {
      const profiles = await this.#profiles2()
      if (profiles.some(({ encoding }) => encoding !== '')) return profiles
      this.#services = { ...services, media2: undefined }
    }
    const answer = await this.#media({ first: '<t:GetProfiles/>', second: '' })
    return findAll(answer, 'Profiles').slice(0, MAX_PROFILES).map(readProfile)
  }

  /** The address of the stream of a profile, at the host that is configured: what the camera says of its host may be of another network. */
  async streamUrl(profile: OnvifProfile): Promise<CameraUrl> {
    const token = `<t:ProfileToken>${escapeXml(profile.token)}</t:ProfileToken>`
    const setup = '<tt:Stream>RTP-Unicast</tt:Stream><tt:Transport><tt:Protocol>RTSP</tt:Protocol></tt:Transport>'
    const answer = await this.#media({
      first: `<t:GetStreamUri><t:StreamSetup>${setup}</t:StreamSetup>${token}</t:GetStreamUri>`,
      second: `<t:GetStreamUri><t:Protocol>RTSP</t:Protocol>${token}</t:GetStreamUri>`,
    })
    return this.#atHost(textAt(answer, 'Uri') ?? '', 'rtsp')
  }

  async snapshotUrl(profile: OnvifProfile): Promise<CameraUrl> {
    const body = `<t:GetSnapshotUri><t:ProfileToken>${escapeXml(profile.token)}</t:ProfileToken></t:GetSnapshotUri>`
    const answer = await this.#media({ first: body, second: body })
    return this.#atHost(textAt(answer, 'Uri') ?? '', 'http')
  }

  /** Calls the PTZ service. @throws {AtalayaError} `no_ptz` where the camera has none */
  async ptz(body: string): Promise<XmlElement> {
    const { ptz, clockOffsetMs } = await this.#open()
    if (ptz === undefined) throw new AtalayaError('no_ptz', `The camera at ${this.#url.authority} has no PTZ service.`)
    return callSoap(this.#url, { path: ptz, body, namespace: PTZ, clockOffsetMs }, this.#signal)
  }

  /** None where the camera says that it has the service, and refuses it. */
  async #profiles2(): Promise<OnvifProfile[]> {
    const types = ['VideoSource', 'VideoEncoder', 'PTZ'].map((type) => `<t:Type>${type}</t:Type>`).join('')
    try {
      const answer = await this.#media({ first: '', second: `<t:GetProfiles>${types}</t:GetProfiles>` })
      return findAll(answer, 'Profiles').slice(0, MAX_PROFILES).map(readProfile2)
    } catch (error) {
      if (isRefusal(error)) return []
      throw error
    }
  }

  /** Asks the newer of the media services that the camera has, each in its own words. */
  async #media(words: { first: string; second: string }): Promise<XmlElement> {
    const { media, media2, clockOffsetMs } = await this.#open()
    const call =
      media2 === undefined
        ? { path: media, body: words.first, namespace: MEDIA }
        : { path: media2, body: words.second, namespace: MEDIA2 }
    return callSoap(this.#url, { ...call, clockOffsetMs }, this.#signal)
  }

  async #open(): Promise<Services> {
    if (this.#services) return this.#services
    const clockOffsetMs = await this.#readClock()
    const call = { path: DEVICE_PATH, namespace: DEVICE, clockOffsetMs }
    const body = '<t:GetCapabilities><t:Category>All</t:Category></t:GetCapabilities>'
    const answer = await callSoap(this.#url, { ...call, body }, this.#signal)
    const media = textAt(answer, 'Media', 'XAddr')
    const ptz = textAt(answer, 'PTZ', 'XAddr')
    const media2 = await this.#findMedia2(clockOffsetMs)
    this.#services = { media: pathOf(media) ?? '/onvif/media_service', media2, ptz: pathOf(ptz), clockOffsetMs }
    return this.#services
  }

  /** Only `GetServices` tells of it, which old cameras refuse (ONVIF Core, section 8.1.2.3). */
  async #findMedia2(clockOffsetMs: number): Promise<string | undefined> {
    const body = '<t:GetServices><t:IncludeCapability>false</t:IncludeCapability></t:GetServices>'
    try {
      const answer = await callSoap(this.#url, { path: DEVICE_PATH, namespace: DEVICE, clockOffsetMs, body }, this.#signal)
      const service = findAll(answer, 'Service').find((one) => textAt(one, 'Namespace') === MEDIA2)
      return service && pathOf(textAt(service, 'XAddr'))
    } catch (error) {
      if (isRefusal(error)) return undefined
      throw error
    }
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

interface Services {
  /** Paths. */
  readonly media: string
  readonly media2: string | undefined
  readonly ptz: string | undefined
  readonly clockOffsetMs: number
}

/** The camera answers, and does not know what it is asked. */
function isRefusal(error: unknown): boolean {
  return error instanceof AtalayaError && (error.code === 'unsupported' || error.code === 'protocol_error')
}

const DEVICE_PATH = '/onvif/device_service'
const DEVICE = 'http://www.onvif.org/ver10/device/wsdl'
const MEDIA = 'http://www.onvif.org/ver10/media/wsdl'
const MEDIA2 = 'http://www.onvif.org/ver20/media/wsdl'
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

/** ONVIF Media 2 Service Specification, section 5.2. */
function readProfile2(profile: XmlElement): OnvifProfile {
  return {
    token: profile.attributes.get('token') ?? '',
    source: textAt(profile, 'VideoSource', 'SourceToken') ?? '',
    encoding: textAt(profile, 'VideoEncoder', 'Encoding') ?? '',
    width: Number(textAt(profile, 'VideoEncoder', 'Resolution', 'Width') ?? 0),
    height: Number(textAt(profile, 'VideoEncoder', 'Resolution', 'Height') ?? 0),
    canMove: findAll(profile, 'PTZ').length > 0,
  }
}
