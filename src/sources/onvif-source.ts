import type { SourceConfig } from '../config/config.ts'
import type { CameraUrl } from '../lib/camera-url.ts'
import { chooseProfile } from '../onvif/choose-profile.ts'
import { OnvifDevice } from '../onvif/onvif-device.ts'
import type { Reception, Source, SourceOutput } from './source.ts'

export interface OnvifSourceSettings {
  readonly source: Extract<SourceConfig, { kind: 'onvif' }>
  /** The way in for the address that the camera names, login included. */
  openStream(url: CameraUrl): Source
}

/** Video of a camera that is asked by ONVIF where its stream is: at each connection, since that may change when it restarts. */
export class OnvifSource implements Source {
  readonly #settings: OnvifSourceSettings
  #stream: Source | undefined

  constructor(settings: OnvifSourceSettings) {
    this.#settings = settings
  }

  /** What the present or last connection receives from; undefined before the camera has named its address. */
  get stream(): Source | undefined {
    return this.#stream
  }

  get reception(): Reception | undefined {
    return this.#stream?.reception
  }

  async run(output: SourceOutput, signal: AbortSignal): Promise<void> {
    const { source, openStream } = this.#settings
    try {
      const device = new OnvifDevice(source.url, signal)
      const profile = chooseProfile(await device.profiles(), source.stream, source.channel)
      this.#stream = openStream(await device.streamUrl(profile))
    } catch (error) {
      if (signal.aborted) return
      throw error
    }
    await this.#stream.run(output, signal)
  }
}
