import type { CameraDetail } from '../../src/api/camera-detail.ts'
import type { CameraStatus } from '../../src/api/camera-status.ts'
import type { Diagnosis } from '../../src/api/diagnosis.ts'
import type { PtzCommand } from '../../src/api/ptz.ts'
import type { Me } from './me.ts'

/** Settings of a camera in the form that the API takes. */
export type CameraSettings = Readonly<Record<string, unknown>>

/** One wrong setting: where, and what to write instead, in the gateway's own words. */
export interface SettingProblem {
  readonly path: string
  readonly message: string
}

/** A camera that was found in the network. */
export interface FoundCamera {
  readonly host: string
  readonly port: number
  readonly name: string
  readonly hardware: string
}

/** An answer of the gateway that is not what was asked for. The message is the gateway's own. */
export class GatewayFailure extends Error {
  override readonly name = 'GatewayFailure'
  /** A code of `docs/errors.md`; `unreachable` where nothing answered. */
  readonly code: string
  readonly problems: readonly SettingProblem[]

  constructor(code: string, message: string, problems: readonly SettingProblem[] = [], options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.problems = problems
  }
}

/** The gateway's API, as the dashboard uses it. Every method throws {@link GatewayFailure}. */
export class GatewayClient {
  /** Where the gateway is, with a slash at its end. */
  readonly base: string

  constructor(base: string) {
    this.base = base
  }

  /** Who asks. */
  me(): Promise<Me> {
    return this.#ask('GET', 'api/me')
  }

  async logOut(): Promise<void> {
    await this.#ask('POST', 'api/logout')
  }

  async cameras(): Promise<readonly CameraStatus[]> {
    return (await this.#ask<{ cameras: readonly CameraStatus[] }>('GET', 'api/cameras')).cameras
  }

  camera(id: string): Promise<CameraDetail> {
    return this.#ask('GET', cameraPath(id))
  }

  add(settings: CameraSettings): Promise<CameraDetail> {
    return this.#ask('POST', 'api/cameras', settings)
  }

  change(id: string, settings: CameraSettings): Promise<CameraDetail> {
    return this.#ask('PUT', cameraPath(id), settings)
  }

  async remove(id: string): Promise<void> {
    await this.#ask('DELETE', cameraPath(id))
  }

  async command(id: string, command: 'start' | 'stop' | 'reconnect'): Promise<void> {
    await this.#ask('POST', `${cameraPath(id)}/${command}`)
  }

  diagnose(id: string): Promise<Diagnosis> {
    return this.#ask('POST', `${cameraPath(id)}/diagnose`)
  }

  /** Tries settings that are not kept. */
  tryOut(settings: CameraSettings): Promise<Diagnosis> {
    return this.#ask('POST', 'api/diagnose', settings)
  }

  async discover(): Promise<readonly FoundCamera[]> {
    return (await this.#ask<{ cameras: readonly FoundCamera[] }>('POST', 'api/discover')).cameras
  }

  async move(id: string, command: PtzCommand): Promise<void> {
    await this.#ask('POST', `${cameraPath(id)}/ptz`, command)
  }

  async presets(id: string): Promise<readonly { readonly id: string; readonly name: string }[]> {
    return (await this.#ask<{ presets: readonly { id: string; name: string }[] }>('GET', `${cameraPath(id)}/ptz/presets`)).presets
  }

  /** The brands that the gateway knows the addresses of. */
  async brands(): Promise<readonly string[]> {
    const contract = await this.#ask<Contract>('GET', 'api/openapi.json')
    return contract.components?.schemas?.CameraSettings?.properties?.brand?.enum ?? []
  }

  async #ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.#send(method, path, body)
    const text = await answer.text()
    const value = parseJson(text)
    if (answer.ok) return value as T
    const { error } = (value ?? {}) as { error?: { code: string; message: string; problems?: readonly SettingProblem[] } }
    throw new GatewayFailure(error?.code ?? `http_${answer.status}`, error?.message ?? answer.statusText, error?.problems)
  }

  async #send(method: string, path: string, body: unknown): Promise<Response> {
    const asJson = body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
    try {
      return await fetch(this.base + path, { method, cache: 'no-store', ...asJson })
    } catch (error) {
      throw unreachable(error)
    }
  }
}

/** What of the OpenAPI document is read here. */
interface Contract {
  readonly components?: {
    readonly schemas?: { readonly CameraSettings?: { readonly properties?: { readonly brand?: { readonly enum?: string[] } } } }
  }
}

function unreachable(cause: unknown): GatewayFailure {
  return new GatewayFailure('unreachable', cause instanceof Error ? cause.message : String(cause), [], { cause })
}

function cameraPath(id: string): string {
  return `api/cameras/${encodeURIComponent(id)}`
}

/** Undefined where a proxy in between answers with a page of its own. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
