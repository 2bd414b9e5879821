import { AtalayaError } from '../api/errors.ts'
import type { CameraUrl } from '../lib/camera-url.ts'
import { OnvifDevice } from './onvif-device.ts'
import type { Ptz, PtzPreset, PtzSpeeds } from './ptz.ts'
import { escapeXml, findAll, textAt } from './xml.ts'

/** Cameras that are moved by the PTZ service of ONVIF (ONVIF PTZ Service Specification, section 5). */
export class OnvifPtz implements Ptz {
  readonly #url: CameraUrl
  readonly #channel: number

  constructor(url: CameraUrl, channel: number) {
    this.#url = url
    this.#channel = channel
  }

  async move({ pan, tilt, zoom }: PtzSpeeds, ms: number): Promise<void> {
    const turn = pan === 0 && tilt === 0 ? '' : `<tt:PanTilt x="${pan}" y="${tilt}"/>`
    const nearer = zoom === 0 ? '' : `<tt:Zoom x="${zoom}"/>`
    await this.#call('ContinuousMove', `<t:Velocity>${turn}${nearer}</t:Velocity><t:Timeout>PT${ms / 1000}S</t:Timeout>`)
  }

  async stop(): Promise<void> {
    await this.#call('Stop', '<t:PanTilt>true</t:PanTilt><t:Zoom>true</t:Zoom>')
  }

  async goHome(): Promise<void> {
    await this.#call('GotoHomePosition', '')
  }

  async goToPreset(id: string): Promise<void> {
    await this.#call('GotoPreset', `<t:PresetToken>${escapeXml(id)}</t:PresetToken>`)
  }

  async presets(): Promise<PtzPreset[]> {
    const answer = await this.#call('GetPresets', '')
    return findAll(answer, 'Preset')
      .slice(0, MAX_PRESETS)
      .map((preset) => {
        const id = preset.attributes.get('token') ?? ''
        return { id, name: (textAt(preset, 'Name') || id).slice(0, 100) }
      })
  }

  /** Profiles are read anew at each call: a camera may have other ones after a restart. */
  async #call(name: string, body: string) {
    const device = new OnvifDevice(this.#url)
    const profiles = await device.profiles()
    const source = [...new Set(profiles.filter(({ encoding }) => encoding !== '').map((one) => one.source))][this.#channel - 1]
    const profile = profiles.find((one) => one.canMove && one.source === source)
    if (!profile) throw new AtalayaError('no_ptz', `The camera at ${this.#url.authority} has no motor that ONVIF knows of.`)
    return device.ptz(`<t:${name}><t:ProfileToken>${escapeXml(profile.token)}</t:ProfileToken>${body}</t:${name}>`)
  }
}

const MAX_PRESETS = 300
