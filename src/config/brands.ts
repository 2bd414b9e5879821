/** Makers whose cameras are reached by name instead of by address. */
export const BRAND_NAMES = ['amcrest', 'dahua', 'hikvision', 'reolink', 'axis', 'tapo', 'foscam', 'onvif'] as const

/** How the cameras of one maker are reached. `{channel}` counts from 1; `{a|b}` is `a` for the main stream and `b` for the sub stream. */
export interface Brand {
  /** The stream, from the scheme on. `{host}` is the host with its port. */
  readonly stream: string
  /** The TCP port of the stream where it is not the scheme's own. */
  readonly port?: number
  /** Path of its MJPEG stream over HTTP; absent where there is none that takes its login by HTTP authentication. */
  readonly mjpeg?: string
  /** Path of a single picture over HTTP; likewise. */
  readonly snapshot?: string
  /** The TCP port of its ONVIF service. */
  readonly onvifPort: number
  /** How it is moved: by the maker's own CGI, or by ONVIF. */
  readonly ptz: 'dahua' | 'onvif'
  /** The publication of its maker that says so. */
  readonly source: string
}

const DAHUA = {
  stream: 'rtsp://{host}/cam/realmonitor?channel={channel}&subtype={0|1}',
  mjpeg: '/cgi-bin/mjpg/video.cgi?channel={channel}&subtype={0|1}',
  snapshot: '/cgi-bin/snapshot.cgi?channel={channel}',
  onvifPort: 80,
  ptz: 'dahua',
} as const

/** Every brand and its addresses: another one is one row more here and one in docs/cameras.md. */
export const BRANDS: Readonly<Record<BrandName, Brand>> = {
  amcrest: { ...DAHUA, source: 'Amcrest HTTP API SDK' },
  dahua: { ...DAHUA, source: 'Dahua HTTP API for IPC' },
  hikvision: {
    stream: 'rtsp://{host}/Streaming/Channels/{channel}0{1|2}',
    mjpeg: '/ISAPI/Streaming/channels/{channel}0{1|2}/httpPreview',
    snapshot: '/ISAPI/Streaming/channels/{channel}0{1|2}/picture',
    onvifPort: 80,
    ptz: 'onvif',
    source: 'Hikvision ISAPI Developer Guide',
  },
  reolink: {
    stream: 'rtsp://{host}/h264Preview_{channel:2}_{main|sub}',
    onvifPort: 8000,
    ptz: 'onvif',
    source: 'Reolink support: Live View via RTSP',
  },
  axis: {
    stream: 'rtsp://{host}/axis-media/media.amp?camera={channel}&videocodec=h264{|&resolution=640x360}',
    mjpeg: '/axis-cgi/mjpg/video.cgi?camera={channel}{|&resolution=640x360}',
    snapshot: '/axis-cgi/jpg/image.cgi?camera={channel}{|&resolution=640x360}',
    onvifPort: 80,
    ptz: 'onvif',
    source: 'Axis VAPIX Video Streaming API',
  },
  tapo: {
    stream: 'rtsp://{host}/stream{1|2}',
    onvifPort: 2020,
    ptz: 'onvif',
    source: 'TP-Link support: Tapo with RTSP and ONVIF',
  },
  foscam: {
    stream: 'rtsp://{host}/video{Main|Sub}',
    port: 88,
    onvifPort: 888,
    ptz: 'onvif',
    source: 'Foscam IPCamera CGI User Guide',
  },
  onvif: {
    stream: 'onvif://{host}/?channel={channel}&stream={main|sub}',
    onvifPort: 80,
    ptz: 'onvif',
    source: 'ONVIF Media Service Specification',
  },
}

export type BrandName = (typeof BRAND_NAMES)[number]

/** Which camera of a brand, and where. */
export interface BrandPlace {
  /** A name or an address; IPv6 without brackets. */
  readonly host: string
  readonly port?: number | undefined
  /** From 1 on; recorders have several. */
  readonly channel?: number | undefined
}

/** The address of a stream of a camera of this brand, without a login. */
export function brandAddress(name: BrandName, stream: 'main' | 'sub', { host, port, channel = 1 }: BrandPlace): string {
  const brand = BRANDS[name]
  const usual = port ?? brand.port
  const bracketed = host.includes(':') ? `[${host}]` : host
  return fill(brand.stream, stream, channel).replace('{host}', usual === undefined ? bracketed : `${bracketed}:${usual}`)
}

/** The path of its MJPEG stream or of a single picture over HTTP; undefined where it has none. */
export function brandPath(name: BrandName, what: 'mjpeg' | 'snapshot', stream: 'main' | 'sub', channel = 1): string | undefined {
  const template = BRANDS[name][what]
  return template === undefined ? undefined : fill(template, stream, channel)
}

/** What an address tells of its camera. */
export interface RecognizedBrand {
  /** Several where makers share their addresses. */
  readonly brands: readonly BrandName[]
  /** 1 where the brand has only one. */
  readonly channel: number
}

/** The brands whose RTSP addresses have this path, the query included; undefined where there are none, or it could be anybody's. */
export function recognizeBrand(path: string): RecognizedBrand | undefined {
  for (const stream of ['main', 'sub'] as const) {
    const matches = BRAND_NAMES.filter((name) => !COMMON.has(name)).flatMap((name) => {
      const match = pathPattern(BRANDS[name].stream, stream).exec(path)
      return match ? [{ name, channel: Number(match[1] ?? 1) }] : []
    })
    const [first] = matches
    if (first) return { brands: matches.map(({ name }) => name), channel: first.channel }
  }
  return undefined
}

/** Brands whose addresses others use as well. */
const COMMON: ReadonlySet<BrandName> = new Set<BrandName>(['tapo', 'onvif'])

function pathPattern(template: string, stream: 'main' | 'sub'): RegExp {
  const path = template.slice(template.indexOf('{host}') + '{host}'.length)
  const words = path.replace(/\{(\w*)\|([^}]*)\}/g, (_, main: string, sub: string) => (stream === 'main' ? main : sub))
  const literals = words.split(/\{channel(?::2)?\}/).map((text) => text.replace(/[.?]/g, '\\$&'))
  return new RegExp(`^${literals.join('(\\d{1,2})')}$`)
}

function fill(template: string, stream: 'main' | 'sub', channel: number): string {
  return template
    .replaceAll('{channel:2}', String(channel).padStart(2, '0'))
    .replaceAll('{channel}', String(channel))
    .replace(/\{(\w*)\|([^}]*)\}/g, (_, main: string, sub: string) => (stream === 'main' ? main : sub))
}
