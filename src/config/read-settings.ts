import { AtalayaError } from '../api/errors.ts'
import { type BodyProblem, RefusedError } from '../api/refused-error.ts'
import type { Credentials } from '../lib/camera-url.ts'
import type { CameraDefaults } from './build-camera.ts'
import { readCamera } from './build-config.ts'
import { sourceFromText } from './camera-source.ts'
import type { CameraConfig } from './config.ts'
import type { ConfigPath } from './config-document.ts'
import type { Findings } from './findings.ts'
import { ADDRESS_KEYS, LocalCamera } from './local-camera.ts'
import { hasPlaceholder, NO_PLACEHOLDERS } from './placeholder.ts'
import type { CameraObject } from './schema.ts'

/** A camera's settings as somebody sent them, not checked yet. */
export type SentSettings = Readonly<Record<string, unknown>>

/**
 * Checks settings that were sent by the very rules of the configuration file, save that they are JSON with its own types and
 * take no placeholders: who sends them must not read this machine's environment or files.
 * @param former the camera that they replace: its password stays unless they have one, or `null`
 * @throws {RefusedError} `bad_camera`, with every problem
 */
export function readSettings(id: string, sent: SentSettings, defaults: CameraDefaults, former?: LocalCamera): LocalCamera {
  const problems: BodyProblem[] = []
  checkText(sent, [], problems)
  checkTypes(sent, problems)
  if (problems.length > 0) throw new RefusedError('bad_camera', problems)
  const { settings, isKept } = keepSecrets(sent, former)
  const read = readCamera(id, settings, defaults, new SettingsFindings(problems))
  if (read && former && isKept && !staysAtHosts(read.config, former.config)) {
    problems.push({ path: 'password', message: 'must be sent again (or null), for the camera is at another address now' })
  }
  if (read) refuseFiles(read, problems)
  if (problems.length > 0 || !read) throw new RefusedError('bad_camera', problems)
  return new LocalCamera(read.settings, read.config)
}

/** Who sends settings must not have this machine's files shown. */
function refuseFiles({ settings, config }: { settings: CameraObject; config: CameraConfig }, problems: BodyProblem[]): void {
  const message = 'is a file of this machine: only the configuration file may name those'
  const key = ADDRESS_KEYS.find((one) => settings[one] !== undefined) ?? 'url'
  if (config.source.kind === 'file') problems.push({ path: key, message })
  if (config.sub?.kind === 'file') problems.push({ path: 'sub', message })
}

/** Paths begin at the camera. */
class SettingsFindings implements Findings {
  readonly #problems: BodyProblem[]

  constructor(problems: BodyProblem[]) {
    this.#problems = problems
  }

  problem(path: ConfigPath, message: string): void {
    this.#problems.push({ path: path.slice(2).map(shownKey).join('.'), message })
  }

  /** What is only worth a second look does not keep a camera out. */
  warning(): void {
    // the file has somebody who reads it; an answer to a program has not
  }
}

function shownKey(key: string): string {
  return /^[\w-]{1,40}$/.test(key) ? key : '(key)'
}

function checkText(value: unknown, path: readonly string[], problems: BodyProblem[]): void {
  if (typeof value === 'string') {
    const shown = path.map(shownKey).join('.')
    if (hasPlaceholder(value)) problems.push({ path: shown, message: NO_PLACEHOLDERS })
    else if (/\p{Surrogate}/u.test(value)) problems.push({ path: shown, message: 'holds half a character' })
  } else if (value !== null && typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) checkText(inner, [...path, key], problems)
  }
}

/** The configuration takes numbers and flags as text, for that is what a file has; JSON has types of its own. */
function checkTypes(sent: SentSettings, problems: BodyProblem[]): void {
  const values = ['crop', 'capture', 'tls'].flatMap((key) => Object.entries(isGroup(sent[key]) ? sent[key] : {}))
  for (const [key, value] of [...Object.entries(sent), ...values]) {
    if (typeof value !== 'string') continue
    if (NUMBERS.has(key)) problems.push({ path: key, message: 'must be a number, without quotes' })
    else if (key === 'default' || key === 'verify') problems.push({ path: key, message: 'must be true or false, without quotes' })
  }
}

const NUMBERS = new Set(['port', 'httpPort', 'channel', 'width', 'height', 'fps', 'quality', 'rotate', 'left', 'top'])

function isGroup(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** Puts back what the sender was not shown: the secrets inside an address that was sent as it was shown, and the password. */
function keepSecrets(sent: SentSettings, former: LocalCamera | undefined): { settings: SentSettings; isKept: boolean } {
  const { password, ...settings }: Record<string, unknown> = { ...sent }
  if (password !== undefined && password !== null) settings['password'] = password
  if (!former || password === null) return { settings, isKept: false }
  const [stored, shown] = [former.reveal(), former.shown()]
  let isKept = false
  for (const key of ADDRESS_KEYS) {
    if (stored[key] === undefined || settings[key] !== shown[key]) continue
    settings[key] = stored[key]
    isKept = true
  }
  const login = loginIn(settings)
  if (password === undefined && stored.password !== undefined && !login?.password.reveal()) {
    settings['password'] = stored.password
    settings['user'] ??= login?.user ?? stored.user
    isKept = true
  }
  return { settings, isKept }
}

/** The login that stands in the address itself. */
function loginIn(settings: SentSettings): Credentials | undefined {
  const address = ADDRESS_KEYS.map((key) => settings[key]).find((one) => one !== undefined)
  if (typeof address !== 'string') return undefined
  try {
    const source = sourceFromText(address, 'host')
    return 'url' in source ? source.url.credentials : undefined
  } catch (error) {
    if (error instanceof AtalayaError) return undefined // it is told where the camera is read
    throw error
  }
}

/** A kept password goes to where it went before only: whoever changes a camera need not know it. */
function staysAtHosts(config: CameraConfig, former: CameraConfig): boolean {
  const known = hostsOf(former)
  return hostsOf(config).every((host) => known.includes(host))
}

function hostsOf({ source, sub, control }: CameraConfig): string[] {
  const streams = [source, sub].flatMap((one) => (one && 'url' in one ? [one.url.authority] : []))
  return control ? [...streams, control.url.authority] : streams
}
