import { sourceFromText } from './camera-source.ts'
import type { CameraConfig } from './config.ts'
import type { CameraObject } from './schema.ts'
import { shownAddress } from './shown-address.ts'

/** A camera that was added by the API: what was asked for, and the camera that it makes. It prints without its secrets. */
export class LocalCamera {
  readonly config: CameraConfig
  readonly #settings: CameraObject

  constructor(settings: CameraObject, config: CameraConfig) {
    this.config = config
    this.#settings = withLoginBeside(settings, config)
  }

  get hasPassword(): boolean {
    return hasPassword(this.config)
  }

  /** The settings with their secrets, for the file and for a change that keeps them. */
  reveal(): CameraObject {
    return this.#settings
  }

  /** The settings for people to read and to send back: without the password, addresses as `shownAddress` shows them. */
  shown(): Omit<CameraObject, 'password'> {
    const { password: _, ...shown } = this.#settings
    for (const key of ADDRESS_KEYS) {
      const address = shown[key]
      if (address !== undefined) shown[key] = shownText(address)
    }
    return shown
  }
}

/** The keys whose values are addresses. */
export const ADDRESS_KEYS = ['url', 'rtsp', 'main', 'sub'] as const

/** Whether the gateway knows a password of this camera. */
export function hasPassword({ source, sub }: CameraConfig): boolean {
  return [source, sub].some((one) => one?.kind === 'rtsp' && (one.url.credentials?.password.reveal() ?? '') !== '')
}

/** An address of a camera for people to read. */
export function shownText(address: string): string {
  const source = sourceFromText(address, 'host')
  if (source.kind === 'test') return address
  return shownAddress(source.url)
}

/** Takes a login out of the address and puts it beside, so that it can be kept when the address is changed. */
function withLoginBeside(settings: CameraObject, { source, sub }: CameraConfig): CameraObject {
  if (source.kind !== 'rtsp' || !source.url.credentials || sub) return settings
  const { user, password } = source.url.credentials
  const key = ADDRESS_KEYS.find((one) => settings[one] !== undefined) ?? 'url'
  return { ...settings, [key]: String(source.url), user, password: password.reveal() }
}
