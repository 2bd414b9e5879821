import { AtalayaError } from '../api/errors.ts'
import { CameraUrl, type Credentials } from '../lib/camera-url.ts'
import { Secret } from '../lib/secret.ts'
import type { PictureTransform } from '../media/picture-transform.ts'
import { applyBrand, onvifPortOf } from './apply-brand.ts'
import { BRANDS } from './brands.ts'
import { sourceFromText } from './camera-source.ts'
import type { CameraConfig, CameraControl, SourceConfig } from './config.ts'
import { DEFAULTS } from './defaults.ts'
import type { Findings } from './findings.ts'
import { isHost } from './is-host.ts'
import type { CameraObject, SettingsObject } from './schema.ts'

/** What a camera gets where it says nothing itself. */
export type CameraDefaults = NonNullable<SettingsObject['defaults']> & Pick<CameraConfig, 'maxViewers' | 'offline' | 'language'>

/**
 * One camera with everything filled in; `default` is what the camera itself says. Nothing comes back for a camera that
 * cannot be reached by what is written.
 * @throws {AtalayaError} `bad_source` for an address that cannot be used.
 */
export function buildCamera(
  id: string,
  written: CameraObject,
  defaults: CameraDefaults,
  findings: Findings,
): CameraConfig | undefined {
  const path = ['cameras', id]
  const camera = applyBrand(path, written, findings)
  const address = camera.url ?? camera.rtsp ?? camera.main
  if (address === undefined) {
    if (written.brand !== undefined) return undefined // it has been said what is missing
    findings.problem(path, 'has no address: write url: or rtsp: and the address of its stream', 'key')
    return undefined
  }
  const named = (['url', 'rtsp', 'main'] as const).filter((key) => camera[key] !== undefined)
  if (named[1]) findings.problem([...path, named[1]], `${named[0]}: and ${named[1]}: mean the same: keep one of them`, 'key')
  if (camera.ip !== undefined && !isHost(camera.ip)) {
    findings.problem([...path, 'ip'], 'must be an IP address or a host name, without a port')
    return undefined
  }
  const source = withSettings(sourceFromText(address, camera.ip), path, camera, findings)
  const isTest = source.kind === 'test' // its size is the generator's
  return {
    id,
    name: camera.name?.trim() || id,
    ip: 'url' in source ? (camera.ip ?? source.url.host) : camera.ip,
    source,
    sub: buildSub(path, camera, findings),
    control: buildControl(source, camera),
    transform: buildTransform({ ...defaults, ...camera }),
    connect: camera.connect ?? defaults.connect ?? DEFAULTS.connect,
    default: camera.default ?? false,
    width: isTest ? defaults.width : (camera.width ?? defaults.width),
    height: isTest ? defaults.height : (camera.height ?? defaults.height),
    fps: isTest ? defaults.fps : (camera.fps ?? defaults.fps),
    quality: camera.quality ?? defaults.quality ?? DEFAULTS.quality,
    maxViewers: defaults.maxViewers,
    offline: defaults.offline,
    language: defaults.language,
  }
}

/** The smaller stream; the login is the camera's. */
function buildSub(path: readonly string[], camera: CameraObject, findings: Findings): SourceConfig | undefined {
  if (camera.sub === undefined) return undefined
  try {
    const source = sourceFromText(camera.sub, camera.ip)
    return 'url' in source ? withAccess(source, path, camera, findings) : source
  } catch (error) {
    if (!(error instanceof AtalayaError)) throw error
    findings.problem([...path, 'sub'], error.message)
    return undefined
  }
}

/** Cameras of unknown make are not asked to move: many answer a question they do not know by locking the account. */
function buildControl(source: SourceConfig, camera: CameraObject): CameraControl | undefined {
  const { brand, onvif, channel = 1, httpPort = 80 } = camera
  if (!('url' in source) || onvif === false) return undefined
  if (source.kind === 'onvif' && onvif === undefined && brand === undefined)
    return { protocol: 'onvif', url: webUrl(source.url, source.url.port ?? 80), channel: source.channel }
  if (brand === undefined && onvif === undefined) return undefined
  const protocol = brand !== undefined && onvif === undefined ? BRANDS[brand].ptz : 'onvif'
  return { protocol, url: webUrl(source.url, protocol === 'dahua' ? httpPort : onvifPortOf(camera)), channel }
}

function webUrl({ host, credentials }: CameraUrl, port: number): CameraUrl {
  return new CameraUrl({ scheme: 'http', host, port, path: '', credentials })
}

function buildTransform({ rotate, flip, crop }: Pick<CameraObject, 'rotate' | 'flip' | 'crop'>): PictureTransform | undefined {
  const angle = rotate === 90 || rotate === 180 || rotate === 270 ? rotate : undefined
  const mirror = flip === 'none' ? undefined : flip
  if (angle === undefined && mirror === undefined && crop === undefined) return undefined
  const { left = 0, top = 0, width = 100 - left, height = 100 - top } = crop ?? {}
  return { rotate: angle, flip: mirror, crop: crop && { left, top, width, height } }
}

function withSettings(source: SourceConfig, path: readonly string[], camera: CameraObject, findings: Findings): SourceConfig {
  warnOfUnused(source, path, camera, findings)
  if (source.kind === 'device') return { ...source, capture: camera.capture ?? {} }
  if (source.kind === 'file') return { ...source, fps: camera.fps ?? source.fps }
  if (source.kind === 'test') {
    for (const key of ['user', 'password'] as const) {
      if (camera[key] !== undefined) findings.warning([...path, key], 'test pictures need no login: this is not used')
    }
    return { ...source, ...testSize(source, camera), fps: camera.fps ?? source.fps }
  }
  if (camera.ip !== undefined && camera.ip !== source.url.host) {
    findings.warning([...path, 'ip'], 'differs from the host of the address: the address is what is used, ip is only shown')
  }
  return withAccess(source, path, camera, findings)
}

function warnOfUnused({ kind }: SourceConfig, path: readonly string[], camera: CameraObject, findings: Findings): void {
  if (camera.capture && kind !== 'device') findings.warning([...path, 'capture'], 'is for USB cameras only: this is not used')
  if (camera.transport && kind !== 'rtsp' && kind !== 'onvif') {
    findings.warning([...path, 'transport'], 'is for rtsp:// and onvif:// addresses only: this is not used')
  }
  if (camera.ingest && kind !== 'rtsp') findings.warning([...path, 'ingest'], 'is for rtsp:// addresses only: this is not used')
}

/** The login and the trust in a certificate are the camera's, whichever of its addresses. */
function withAccess(
  source: Extract<SourceConfig, { url: CameraUrl }>,
  path: readonly string[],
  camera: CameraObject,
  findings: Findings,
): SourceConfig {
  const url = source.url.with({ credentials: chooseCredentials(source.url, path, camera, findings) })
  const transport = camera.transport === 'auto' ? undefined : camera.transport
  if (source.kind === 'libav') return { ...source, url }
  if (source.kind === 'onvif') return { ...source, url, transport }
  if (camera.tls && !url.scheme.endsWith('s')) {
    findings.warning([...path, 'tls'], `is of no use with ${url.scheme}://, which is not encrypted`)
  }
  if (camera.tls?.fingerprint && camera.ingest) {
    findings.problem([...path, 'tls', 'fingerprint'], 'cannot be checked by libav: take out ingest: libav, or the fingerprint')
  }
  const { verify = true, fingerprint } = camera.tls ?? {}
  const tls = { verify, fingerprint }
  if (source.kind === 'http') return { ...source, url, tls, fps: camera.fps ?? source.fps }
  const webPort = transport === 'http' ? camera.httpPort : undefined
  return { ...source, url: webPort === undefined ? url : url.with({ port: webPort }), tls, transport, ingest: camera.ingest }
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
