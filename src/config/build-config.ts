import type * as z from 'zod'
import { AtalayaError } from '../api/errors.ts'
import { buildCamera, type CameraDefaults } from './build-camera.ts'
import { closestWord } from './closest-word.ts'
import type { CameraConfig, Config } from './config.ts'
import type { ConfigPath } from './config-document.ts'
import { DEFAULTS } from './defaults.ts'
import type { Findings } from './findings.ts'
import { isHost } from './is-host.ts'
import { isLoopback } from './loopback.ts'
import { readBasePath, readNetworks, readTrustedProxies } from './proxy-settings.ts'
import { readAuth } from './read-auth.ts'
import { readTls } from './read-tls.ts'
import { LATER_CAMERA_KEYS, RESERVED_KEYS } from './reserved-keys.ts'
import {
  authSchema,
  CAMERA_ID,
  type CameraObject,
  cameraSchema,
  cropSchema,
  oidcSchema,
  proxyAuthSchema,
  serverTlsSchema,
  settingsSchema,
  tlsSchema,
} from './schema.ts'

/** What wins over the file: options of the command line. */
export interface ConfigOverrides {
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly auth?: 'none' | undefined
  /** There is a file of users already, so that nobody gets in without logging in. */
  readonly hasUsers?: boolean | undefined
}

/** Checks a configuration that is taken apart already. The answer is to be used only when no problem was found. */
export function buildConfig(
  value: unknown,
  cameraIds: readonly string[],
  overrides: ConfigOverrides,
  findings: Findings,
): Config {
  const settings = readSettings(value, findings)
  const server = {
    host: unbracketed(overrides.host ?? settings.server?.host ?? DEFAULTS.host),
    port: overrides.port ?? settings.server?.port ?? DEFAULTS.port,
    names: settings.server?.names ?? [],
  }
  const trustedProxies = readTrustedProxies(settings.trustedProxies ?? [], findings)
  const auth = overrides.auth ?? chooseAuth(settings.auth, trustedProxies, findings)
  checkHost(server.host, auth, overrides, findings)
  server.names.forEach((name, index) => {
    if (!isHost(name)) findings.problem(['server', 'names', String(index)], 'must be a host name, without http:// and port')
  })
  const limits = {
    viewers: settings.limits?.viewers ?? DEFAULTS.viewers,
    viewersPerCamera: settings.limits?.viewersPerCamera ?? DEFAULTS.viewersPerCamera,
    viewersPerAddress: settings.limits?.viewersPerAddress,
    cameras: settings.limits?.cameras ?? DEFAULTS.cameras,
  }
  const defaults = {
    ...settings.defaults,
    maxViewers: limits.viewersPerCamera,
    offline: settings.offline ?? DEFAULTS.offline,
    language: settings.language,
  }
  return {
    server,
    auth,
    usersFile: undefined,
    tls: chooseTls(settings.tls, findings),
    cors: { origins: readOrigins(settings.cors?.origins ?? [], findings) },
    limits,
    basePath: readBasePath(settings.basePath ?? '', findings),
    trustedProxies,
    destinations: readNetworks(settings.destinations ?? [], ['destinations'], findings),
    engine: settings.engine ?? 'auto',
    language: settings.language,
    cameras: readCameras(value, cameraIds, defaults, findings),
    defaults,
    local: { file: undefined, cameras: new Map() },
  }
}

function readSettings(value: unknown, findings: Findings): z.output<typeof settingsSchema> {
  const parsed = settingsSchema.safeParse(value ?? {})
  if (parsed.success) return parsed.data
  report(parsed.error.issues, [], Object.keys(settingsSchema.shape), findings)
  return {}
}

/** Checked by itself, so that each fault in the group is named and not only that it is no group. */
function chooseAuth(value: unknown, trustedProxies: readonly string[], findings: Findings): Config['auth'] {
  if (value === undefined || value === 'none') return value
  const parsed = authSchema.safeParse(value)
  if (parsed.success) return readAuth(parsed.data, trustedProxies, findings)
  report(parsed.error.issues, ['auth'], Object.keys(authSchema.shape), findings)
  return undefined
}

function chooseTls(value: unknown, findings: Findings): Config['tls'] {
  if (value === undefined) return undefined
  if (value === 'self-signed') return { kind: 'self-signed', file: undefined }
  const parsed = serverTlsSchema.safeParse(value)
  if (parsed.success) return readTls(parsed.data, findings)
  report(parsed.error.issues, ['tls'], Object.keys(serverTlsSchema.shape), findings)
  return undefined
}

function readCameras(value: unknown, ids: readonly string[], defaults: CameraDefaults, findings: Findings) {
  const cameras = new Map<string, CameraConfig>()
  if (value !== undefined && !isGroup(value)) return cameras // settings have complained about it
  const entries = value?.['cameras']
  if (!isGroup(entries) || ids.length === 0) {
    const isMisspelt = entries === undefined && Object.keys(value ?? {}).some((key) => closestWord(key, ['cameras']))
    if (!isMisspelt) findings.problem(['cameras'], NO_CAMERAS, 'key')
    return cameras
  }
  let chosen: string | undefined
  for (const id of ids) {
    const path = ['cameras', id]
    if (!Object.hasOwn(entries, id)) continue // its key has a problem of its own
    if (!CAMERA_ID.test(id)) {
      findings.problem(path, BAD_ID, 'key')
      continue
    }
    const camera = readCamera(id, entries[id], defaults, findings)?.config
    if (!camera) continue
    if (camera.default) {
      if (chosen !== undefined) findings.problem([...path, 'default'], 'another camera is the default already: keep one of them')
      chosen ??= id
    }
    cameras.set(id, camera)
  }
  const [first] = cameras.keys()
  const shown = chosen ?? first
  return new Map([...cameras].map(([id, camera]) => [id, { ...camera, default: id === shown }]))
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

const NO_CAMERAS =
  'there is no camera: write at least one under cameras:, for example door: rtsp://192.168.1.20:554/stream1 or demo: test:clock'
/** What is said of an id that `CAMERA_ID` refuses. */
export const BAD_ID =
  'a camera id has 1 to 64 letters, digits, _, - and ., does not begin with . and is not __proto__: choose another (name: takes any text)'

/** One camera as it stands under its id: its settings, and the camera that they make. Nothing comes back where neither can be. */
export function readCamera(
  id: string,
  value: unknown,
  defaults: CameraDefaults,
  findings: Findings,
): { settings: CameraObject; config: CameraConfig } | undefined {
  const path = ['cameras', id]
  const isShort = typeof value === 'string' || typeof value === 'number'
  const parsed = cameraSchema.safeParse(isShort ? { url: String(value) } : value)
  if (!parsed.success) {
    report(parsed.error.issues, path, Object.keys(cameraSchema.shape), findings)
    return undefined
  }
  try {
    const config = buildCamera(id, parsed.data, defaults, findings)
    return config && { settings: parsed.data, config }
  } catch (error) {
    if (!(error instanceof AtalayaError)) throw error
    const key = isShort ? [] : [parsed.data.url === undefined ? 'rtsp' : 'url']
    findings.problem([...path, ...key], error.message)
    return undefined
  }
}

function report(issues: readonly z.core.$ZodIssue[], base: ConfigPath, known: readonly string[], findings: Findings): void {
  for (const issue of issues) {
    const path = [...base, ...issue.path.map(String)]
    if (issue.code === 'unrecognized_keys') {
      const siblings = issue.path.length === 0 ? known : knownUnder(issue.path.map(String))
      for (const key of issue.keys) reportKey(key, path, siblings, findings)
    } else findings.problem(path, issue.message)
  }
}

function knownUnder(path: ConfigPath): readonly string[] {
  if (path.at(-1) === 'crop') return Object.keys(cropSchema.shape)
  if (path.at(-1) === 'proxy') return Object.keys(proxyAuthSchema.shape)
  if (path.at(-1) === 'oidc') return Object.keys(oidcSchema.shape)
  if (path.at(-1) === 'tls') return Object.keys(tlsSchema.shape)
  const shape = settingsSchema.shape[path[0] as keyof typeof settingsSchema.shape]
  const inner = 'unwrap' in shape ? shape.unwrap() : shape
  return inner !== null && typeof inner === 'object' && 'shape' in inner ? Object.keys(inner.shape) : []
}

function reportKey(key: string, path: ConfigPath, known: readonly string[], findings: Findings): void {
  const full = [...path, key]
  const future = path.length === 0 ? RESERVED_KEYS : path[0] === 'cameras' ? LATER_CAMERA_KEYS : {}
  const later = Object.hasOwn(future, key) ? future[key] : undefined
  const close = closestWord(key, known)
  if (later) findings.problem(full, later, 'key')
  else if (close) findings.problem(full, `unknown key: did you mean ${close}?`, 'key')
  else findings.problem(full, `unknown key: here it can be ${known.join(', ')}`, 'strange-key')
}

/** Closed by default: only this machine, unless somebody says in so many words that nobody has to log in. */
function checkHost(host: string, auth: Config['auth'], overrides: ConfigOverrides, findings: Findings): void {
  const path = overrides.host === undefined ? ['server', 'host'] : []
  const what = overrides.host === undefined ? '' : 'the host asked for: '
  if (!isHost(host)) {
    findings.problem(path, `${what}must be a host name or an IP address, without a port`)
  } else if (auth === undefined && !overrides.hasUsers && !isLoopback(host)) {
    findings.problem(
      path,
      `${what}other machines would see every camera without logging in. Make a first user with: atalaya setup. Or let a network watch with auth: { viewers: [192.168.1.0/24] }, say with auth: none that nobody has to log in, or keep host 127.0.0.1`,
    )
  }
}

function readOrigins(origins: readonly string[], findings: Findings): readonly string[] {
  return origins.map((text, index) => {
    const url = URL.canParse(text) ? new URL(text) : undefined
    if (
      (url?.protocol === 'http:' || url?.protocol === 'https:') &&
      url.pathname === '/' &&
      !url.search &&
      !url.hash &&
      !url.username
    ) {
      return url.origin
    }
    findings.problem(
      ['cors', 'origins', String(index)],
      'must be an origin: http:// or https://, a host and perhaps a port, such as https://lab.example',
    )
    return text
  })
}

function unbracketed(host: string): string {
  return /^\[.*\]$/.test(host) ? host.slice(1, -1) : host
}
