import type { Config } from './config.ts'
import { isSameSettings } from './same-settings.ts'

/** What another configuration means for a gateway that runs. Names are dotted keys of the configuration file. */
export interface ConfigChange {
  /** Settings beside the cameras that differ and are in force from now on. */
  readonly settings: readonly string[]
  /** Settings that differ from what runs, and do so until the gateway is started anew. */
  readonly needsRestart: readonly string[]
}

/** The configuration that a gateway runs with: every look at it shows what is in force at that moment. */
export class ConfigInForce implements Config {
  #config: Config

  constructor(config: Config) {
    this.#config = config
  }

  /** Puts another configuration in force, save what only a start can change. */
  replace(next: Config): ConfigChange {
    const running = this.#config
    const needsRestart = RESTART_KEYS.filter((key) => !isSameSettings(valueAt(running, key), valueAt(next, key)))
    const settings = LIVE_KEYS.filter((key) => !isSameSettings(valueAt(running, key), valueAt(next, key)))
    const { host, port } = running.server
    const { basePath, trustedProxies, engine, usersFile, tls } = running
    const socket = { ...next.server, host, port }
    this.#config = { ...next, basePath, trustedProxies, engine, usersFile, tls, server: socket }
    return { settings, needsRestart }
  }

  get server() {
    return this.#config.server
  }

  get auth() {
    return this.#config.auth
  }

  get tls() {
    return this.#config.tls
  }

  get usersFile() {
    return this.#config.usersFile
  }

  get cors() {
    return this.#config.cors
  }

  get limits() {
    return this.#config.limits
  }

  get basePath() {
    return this.#config.basePath
  }

  get trustedProxies() {
    return this.#config.trustedProxies
  }

  get destinations() {
    return this.#config.destinations
  }

  get engine() {
    return this.#config.engine
  }

  get language() {
    return this.#config.language
  }

  get cameras() {
    return this.#config.cameras
  }

  get defaults() {
    return this.#config.defaults
  }

  get local() {
    return this.#config.local
  }
}

/** The listening socket, the addresses of all routes and what decodes pictures are made once. */
const RESTART_KEYS = ['server.host', 'server.port', 'basePath', 'trustedProxies', 'engine', 'auth.users', 'tls'] as const

const LIVE_KEYS = [
  'server.names',
  'auth',
  'cors.origins',
  'limits.viewers',
  'limits.viewersPerCamera',
  'limits.viewersPerAddress',
  'limits.cameras',
  'destinations',
  'language',
  'offline',
  'defaults.connect',
  'defaults.width',
  'defaults.height',
  'defaults.fps',
  'defaults.quality',
  'defaults.rotate',
  'defaults.flip',
  'defaults.crop',
] as const

function valueAt(config: Config, key: string): unknown {
  const path = key === 'offline' ? ['defaults', 'offline'] : key.split('.')
  return path.reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], config)
}
