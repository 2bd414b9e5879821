import type { CameraUrl, Credentials } from '../lib/camera-url.ts'
import { Secret } from '../lib/secret.ts'
import { sourceFromText } from './camera-source.ts'
import type { CameraConfig, SourceConfig } from './config.ts'
import { DEFAULTS } from './defaults.ts'
import type { Findings } from './findings.ts'
import { isHost } from './is-host.ts'
import type { CameraObject, SettingsObject } from './schema.ts'

/** What a camera gets where it says nothing itself. */
export type CameraDefaults = NonNullable<SettingsObject['defaults']> & { readonly maxViewers: number }

/**
 * One camera with everything filled in; `default` is what the camera itself says. Nothing comes back for a camera that
 * cannot be reached by what is written.
 * @throws {AtalayaError} `bad_source` for an address that cannot be used.
 */
export function buildCamera(
  id: string,
  camera: CameraObject,
  defaults: CameraDefaults,
  findings: Findings,
): CameraConfig | undefined {
  const path = ['cameras', id]
  const address = camera.url ?? camera.rtsp
  if (address === undefined) {
    findings.problem(path, 'has no address: write url: or rtsp: and the address of its stream', 'key')
    return undefined
  }
  if (camera.url !== undefined && camera.rtsp !== undefined) {
    findings.problem([...path, 'rtsp'], 'url: and rtsp: mean the same: keep one of them', 'key')
  }
  if (camera.ip !== undefined && !isHost(camera.ip)) {
    findings.problem([...path, 'ip'], 'must be an IP address or a host name, without a port')
    return undefined
  }
  const source = withSettings(sourceFromText(address, camera.ip), path, camera, findings)
  const isTest = source.kind === 'test' // its size is the generator's
  return {
    id,
    name: camera.name?.trim() || id,
    ip: isTest ? camera.ip : (camera.ip ?? source.url.host),
    source,
    sub: undefined,
    transform: undefined,
    connect: camera.connect ?? defaults.connect ?? DEFAULTS.connect,
    default: camera.default ?? false,
    width: isTest ? defaults.width : (camera.width ?? defaults.width),
    height: isTest ? defaults.height : (camera.height ?? defaults.height),
    fps: isTest ? defaults.fps : (camera.fps ?? defaults.fps),
    quality: camera.quality ?? defaults.quality ?? DEFAULTS.quality,
    maxViewers: defaults.maxViewers,
  }
}

function withSettings(source: SourceConfig, path: readonly string[], camera: CameraObject, findings: Findings): SourceConfig {
  if (source.kind === 'test') {
    for (const key of ['user', 'password'] as const) {
      if (camera[key] !== undefined) findings.warning([...path, key], 'test pictures need no login: this is not used')
    }
    return { ...source, ...testSize(source, camera), fps: camera.fps ?? source.fps }
  }
  if (camera.ip !== undefined && camera.ip !== source.url.host) {
    findings.warning([...path, 'ip'], 'differs from the host of the address: the address is what is used, ip is only shown')
  }
  return { kind: 'rtsp', url: source.url.with({ credentials: chooseCredentials(source.url, path, camera, findings) }) }
}

/** Keeps the pattern's shape when only one side is given; both sides are even, as coded video has to be. */
function testSize(
  pattern: { width: number; height: number },
  { width, height }: CameraObject,
): { width: number; height: number } {
  const even = (size: number) => 2 * Math.round(size / 2)
  if (width === undefined && height === undefined) return pattern
  return {
    width: even(width ?? ((height ?? 0) * pattern.width) / pattern.height),
    height: even(height ?? ((width ?? 0) * pattern.height) / pattern.width),
  }
}

/** What stands beside the address wins over what stands in it. */
function chooseCredentials(
  url: CameraUrl,
  path: readonly string[],
  camera: CameraObject,
  findings: Findings,
): Credentials | undefined {
  const inside = url.credentials
  if (camera.user === undefined && camera.password === undefined) return inside
  const user = camera.user ?? inside?.user
  if (user === undefined || user === '') {
    findings.problem([...path, 'password'], 'there is a password but no user: write user: beside it', 'key')
    return inside
  }
  const password = camera.password ?? inside?.password.reveal() ?? ''
  if (inside && inside.user !== user)
    findings.warning([...path, 'user'], 'wins over the other user in the address: take that one out')
  if (inside && camera.password !== undefined && inside.password.reveal() !== '' && inside.password.reveal() !== password) {
    findings.warning([...path, 'password'], 'wins over the other password in the address: take that one out')
  }
  return { user, password: new Secret(password) }
}
