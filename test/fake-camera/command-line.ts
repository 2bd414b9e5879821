import { parseArgs } from 'node:util'
import { MJPEG_MODES } from './mjpeg-modes.ts'
import { RTSP_MODES } from './modes.ts'

/** What a fake camera that is run by hand was asked for. */
export interface HandRunOptions {
  readonly modes: readonly string[]
  /** Seconds until a fault begins. */
  readonly after: number
  readonly http: boolean
  readonly tls: boolean
  readonly port: number
  readonly path: string | undefined
  readonly credentials: { readonly user: string; readonly password: string } | undefined
  readonly codec: 'h264' | 'h265' | 'jpeg'
  readonly size: string
  readonly fps: number
  /** Pictures from one keyframe to the next. */
  readonly gop: number
  /** Bits a second. */
  readonly bitrate: number
  readonly slices: number
  readonly mark: number
  /** Only name the modes. */
  readonly list: boolean
}

/** @throws {TypeError} for options that there are not. */
export function readOptions(args: readonly string[]): HandRunOptions {
  const { values } = parseArgs({ args: [...args], options: OPTIONS })
  const { mode, user, password, size, path, http, tls, list } = values
  return {
    ...{ size, path, http, tls, list },
    codec: codecOf(values.codec),
    modes: mode.flatMap((names) => names.split(',')),
    after: Number(values.after),
    port: Number(values.port),
    fps: Number(values.fps),
    gop: Number(values.gop),
    bitrate: Number(values.bitrate),
    slices: Number(values.slices),
    mark: Number(values.mark),
    credentials: user === undefined ? undefined : { user, password },
  }
}

function codecOf(text: string): HandRunOptions['codec'] {
  if (text === 'h264' || text === 'h265' || text === 'jpeg') return text
  throw new TypeError(`--codec is h264, h265 or jpeg, not ${text}`)
}

/** All modes, a line each. */
export function listModes(): string {
  const lines = (kind: string, modes: Readonly<Record<string, Readonly<Record<string, { readonly does: string }>>>>) =>
    Object.entries(modes).flatMap(([subject, named]) => [
      `\n${kind}, ${subject.replace('-', ' ')}`,
      ...Object.entries(named).map(([name, { does }]) => `  ${name.padEnd(24)}${does}`),
    ])
  return [...lines('RTSP', RTSP_MODES), ...lines('HTTP (--http)', MJPEG_MODES)].join('\n').trimStart()
}

/** The modes of these names. Throws for a name that there is not. */
export function findModes<T>(names: readonly string[], among: ReadonlyMap<string, T>): T[] {
  return names.map((name) => {
    const found = among.get(name)
    if (!found) throw new TypeError(`There is no mode ${name}; --list names them all.`)
    return found
  })
}

/** What `parseArgs` is told. */
export const OPTIONS = {
  mode: { type: 'string', multiple: true, default: [] as string[] },
  after: { type: 'string', default: '10' },
  http: { type: 'boolean', default: false },
  tls: { type: 'boolean', default: false },
  port: { type: 'string', default: '8554' },
  path: { type: 'string' },
  user: { type: 'string' },
  password: { type: 'string', default: '' },
  codec: { type: 'string', default: 'h264' },
  size: { type: 'string', default: '960x544' },
  fps: { type: 'string', default: '25' },
  gop: { type: 'string', default: '25' },
  bitrate: { type: 'string', default: '4000000' },
  slices: { type: 'string', default: '1' },
  mark: { type: 'string', default: '0' },
  list: { type: 'boolean', default: false },
} as const
