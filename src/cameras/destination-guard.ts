import { setTimeout as sleep } from 'node:timers/promises'
import { AtalayaError } from '../api/errors.ts'
import { RefusedError } from '../api/refused-error.ts'
import type { CameraConfig, SourceConfig } from '../config/config.ts'
import type { CameraUrl } from '../lib/camera-url.ts'
import {
  checkDestination,
  DestinationError,
  type DestinationRules,
  type Destinations,
  notOurselves,
  onlyCameras,
} from '../lib/destinations.ts'

/** What the guard decides by. */
export interface DestinationGuardParts extends DestinationRules {
  /** The camera stands in the configuration file, whose author may name what they like. */
  readonly isFromFile: (id: string) => boolean
}

/** Keeps cameras from leading where no camera is. */
export class DestinationGuard {
  readonly #parts: DestinationGuardParts
  readonly #ofFile: Destinations
  readonly #ofOthers: Destinations

  constructor(parts: DestinationGuardParts) {
    this.#parts = parts
    this.#ofFile = notOurselves(parts)
    this.#ofOthers = onlyCameras(parts)
  }

  /** The source, which leads to permitted addresses only: by itself, by redirects, and by what the camera names. */
  source(camera: string, source: SourceConfig): SourceConfig {
    return guardSource(source, this.#for(this.#parts.isFromFile(camera)))
  }

  /** The same for all addresses of a camera. */
  camera(config: CameraConfig): CameraConfig {
    return guardCamera(config, this.#for(this.#parts.isFromFile(config.id)))
  }

  /**
   * The same for settings that somebody has sent, which are checked now. A name that nobody knows yet is let through: it is checked
   * again whenever it is connected to.
   * @throws {RefusedError} `bad_camera`
   */
  async sent(config: CameraConfig): Promise<CameraConfig> {
    const guarded = guardCamera(config, this.#for(false))
    for (const [path, url] of addressesOf(guarded)) {
      const fault = await faultOf(url)
      if (fault !== undefined) throw new RefusedError('bad_camera', [{ path, message: fault }])
    }
    return guarded
  }

  #for(isFromFile: boolean): Destinations {
    return isFromFile ? this.#ofFile : this.#ofOthers
  }
}

function guardCamera(config: CameraConfig, destinations: Destinations): CameraConfig {
  const { source, sub, control } = config
  return {
    ...config,
    source: guardSource(source, destinations),
    sub: sub && guardSource(sub, destinations),
    control: control && { ...control, url: control.url.with({ destinations }) },
  }
}

function guardSource(source: SourceConfig, destinations: Destinations): SourceConfig {
  return 'url' in source ? { ...source, url: source.url.with({ destinations }) } : source
}

/** Without a port, that of the scheme is meant, which is none that is refused. */
async function faultOf(url: CameraUrl): Promise<string | undefined> {
  const patience = new AbortController()
  try {
    // A network without a resolver may take half a minute to say so, and other changes wait.
    await Promise.race([checkDestination(url, url.port ?? 0), sleep(LOOKUP_MS, undefined, { signal: patience.signal })])
    return undefined
  } catch (error) {
    if (error instanceof DestinationError) return error.message
    if (error instanceof AtalayaError) return undefined
    throw error
  } finally {
    patience.abort()
  }
}

const LOOKUP_MS = 2000

function addressesOf({ source, sub, control }: CameraConfig): [path: string, url: CameraUrl][] {
  const places = { url: source, sub, host: control }
  return Object.entries(places).flatMap(([path, place]) => (place && 'url' in place ? [[path, place.url]] : []))
}
