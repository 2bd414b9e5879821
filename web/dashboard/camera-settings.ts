import type { CameraSettings } from './gateway-client.ts'

/** How the reader describes a camera: by its address, or by brand and host. */
export type Way = 'address' | 'brand'

/** One field of the form, named as the setting it holds. */
export interface Field {
  readonly name: string
  readonly way?: Way
  /** Numbers are sent as such: the API takes no quoted ones. */
  readonly kind: 'text' | 'number' | 'password' | 'choice'
  readonly choices?: readonly string[]
  readonly isMore?: true
}

/** Every field of the form, in its order. */
export const FIELDS: readonly Field[] = [
  { name: 'url', way: 'address', kind: 'text' },
  { name: 'brand', way: 'brand', kind: 'choice' },
  { name: 'host', way: 'brand', kind: 'text' },
  { name: 'port', way: 'brand', kind: 'number' },
  { name: 'channel', way: 'brand', kind: 'number' },
  { name: 'stream', way: 'brand', kind: 'choice', choices: ['main', 'sub'] },
  { name: 'user', kind: 'text' },
  { name: 'password', kind: 'password' },
  { name: 'name', kind: 'text' },
  { name: 'id', kind: 'text' },
  { name: 'connect', kind: 'choice', choices: ['always', 'on-demand'], isMore: true },
  { name: 'transport', kind: 'choice', choices: ['auto', 'tcp', 'udp'], isMore: true },
  { name: 'width', kind: 'number', isMore: true },
  { name: 'fps', kind: 'number', isMore: true },
  { name: 'quality', kind: 'number', isMore: true },
  { name: 'rotate', kind: 'choice', choices: ['0', '90', '180', '270'], isMore: true },
  { name: 'flip', kind: 'choice', choices: ['none', 'horizontal', 'vertical'], isMore: true },
]

/**
 * The settings to send for what stands in the form. What is empty is left out, so that it means the usual value; settings that
 * the form has no field for stay as they are in `former`.
 */
export function readSettings(
  entries: Iterable<readonly [string, string]>,
  way: Way,
  former: CameraSettings = {},
): CameraSettings {
  const known = new Set(FIELDS.map(({ name }) => name))
  const settings: Record<string, unknown> = Object.fromEntries(Object.entries(former).filter(([key]) => !known.has(key)))
  const written = new Map(entries)
  for (const field of FIELDS) {
    const text = written.get(field.name)?.trim() ?? ''
    if (text === '' || (field.way !== undefined && field.way !== way)) continue
    settings[field.name] = isNumber(field) ? asNumber(text) : field.kind === 'password' ? written.get(field.name) : text
  }
  return settings
}

/** Which way these settings describe their camera. */
export function wayOf(settings: CameraSettings): Way {
  return settings['brand'] === undefined ? 'address' : 'brand'
}

function isNumber({ kind, name }: Field): boolean {
  return kind === 'number' || name === 'rotate'
}

/** What is no number is sent as it was written: the gateway says what it must be. */
function asNumber(text: string): number | string {
  const value = Number(text)
  return Number.isFinite(value) ? value : text
}
