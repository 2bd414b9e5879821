import type { CameraUrl, Credentials } from '../lib/camera-url.ts'
import type { CameraConfig, SourceConfig } from './config.ts'
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
      const url = urlOf(key === 'sub' ? this.config.sub : this.config.source)
      if (shown[key] !== undefined && url) shown[key] = shownAddress(url)
    }
    return shown
  }
}

/** The keys whose values are addresses. */
export const ADDRESS_KEYS = ['url', 'rtsp', 'main', 'sub'] as const

/** Whether the gateway knows a password of this camera. */
export function hasPassword({ source, sub }: CameraConfig): boolean {
  return [source, sub].some((one) => (urlOf(one)?.credentials?.password.reveal() ?? '') !== '')
}

function urlOf(source: SourceConfig | undefined): CameraUrl | undefined {
  return source && 'url' in source ? source.url : undefined
}

/**
 * Takes the login out of the addresses and puts it beside them, so that it stays when an address is changed. Two streams
 * with a login each keep them where they are.
 */
function withLoginBeside(settings: CameraObject, { source, sub }: CameraConfig): CameraObject {
  const [main, small] = [urlOf(source), urlOf(sub)]
  const login = main?.credentials
  if (!main || !login || (small?.credentials && !isSameLogin(login, small.credentials))) return settings
  const key = ADDRESS_KEYS.find((one) => settings[one] !== undefined)
  if (key === undefined) return settings // a brand's addresses hold no login
  const beside = { user: login.user, password: login.password.reveal() }
  return { ...settings, [key]: String(main), ...(settings.sub !== undefined && small && { sub: String(small) }), ...beside }
}

function isSameLogin(a: Credentials, b: Credentials): boolean {
  return a.user === b.user && a.password.reveal() === b.password.reveal()
}
