/** What a camera offers (RFC 8866, as much of it as RTSP needs). */
export interface Sdp {
  /** The session-level `a=control`. */
  readonly control: string | undefined
  readonly media: readonly SdpMedia[]
}

export interface SdpMedia {
  /** `video`, `audio`, `application` …, in lower case. */
  readonly kind: string
  readonly control: string | undefined
  /** `a=framerate`, pictures a second. */
  readonly framerate: number | undefined
  /** `a=framesize` or `a=x-dimensions`, in pixels. */
  readonly frameSize: { readonly width: number; readonly height: number } | undefined
  readonly formats: readonly SdpFormat[]
}

/** One payload type of a medium. */
export interface SdpFormat {
  readonly payloadType: number
  /** The encoding's name in upper case, such as `H264`. */
  readonly codec: string
  readonly clockRate: number
  /** The format's parameters, their names in lower case. */
  readonly parameters: ReadonlyMap<string, string>
}

/**
 * Reads a session description. It takes what it understands and passes over the rest: cameras send two `s=` lines, broken
 * `c=` lines, and a track's `a=fmtp` under another track, which is found by its payload type.
 */
export function parseSdp(text: string): Sdp {
  const sections: Section[] = [{ media: '', attributes: [] }]
  for (const line of text.split(/\r\n|\n|\r/)) {
    const value = line.slice(2).trim()
    if (line.startsWith('m=') && sections.length <= MAX_MEDIA) sections.push({ media: value, attributes: [] })
    else if (line.startsWith('a=')) sections.at(-1)?.attributes.push(value)
  }
  const [session, ...media] = sections
  return {
    control: session && attributeOf(session, 'control'),
    media: media.map((section) => readMedia(section, sections)),
  }
}

interface Section {
  readonly media: string
  readonly attributes: string[]
}

const MAX_MEDIA = 64

/** RFC 3551 section 6: payload types that need no `a=rtpmap`. */
const STATIC_TYPES: ReadonlyMap<number, readonly [string, number]> = new Map([
  [0, ['PCMU', 8000]],
  [8, ['PCMA', 8000]],
  [9, ['G722', 8000]],
  [14, ['MPA', 90_000]],
  [26, ['JPEG', 90_000]],
  [32, ['MPV', 90_000]],
  [33, ['MP2T', 90_000]],
] as const)

function readMedia(section: Section, all: readonly Section[]): SdpMedia {
  const [kind = '', , , ...payloadTypes] = section.media.split(/\s+/)
  const framerate = Number.parseFloat(attributeOf(section, 'framerate') ?? '')
  return {
    kind: kind.toLowerCase(),
    control: attributeOf(section, 'control'),
    framerate: framerate > 0 && framerate <= 240 ? framerate : undefined,
    frameSize: readFrameSize(section),
    formats: payloadTypes.filter((type) => /^\d{1,3}$/.test(type)).map((type) => readFormat(Number(type), section, all)),
  }
}

/** `a=framesize:26 640-480` as 3GPP TS 26.234 has it, `a=x-dimensions:640,480` as Axis and others do. */
function readFrameSize(section: Section): { width: number; height: number } | undefined {
  const text = attributeOf(section, 'framesize')?.replace(/^\d+\s+/, '') ?? attributeOf(section, 'x-dimensions')
  const [, width, height] = /^(\d{1,5})\s*[-,x]\s*(\d{1,5})$/.exec(text ?? '') ?? []
  return Number(width) > 0 && Number(height) > 0 ? { width: Number(width), height: Number(height) } : undefined
}

function readFormat(payloadType: number, section: Section, all: readonly Section[]): SdpFormat {
  const [, codec = '', rate = ''] = /^([^/\s]+)\/(\d{1,9})/.exec(mappingOf(section, 'rtpmap', payloadType) ?? '') ?? []
  const [staticCodec = '', staticRate = 90_000] = STATIC_TYPES.get(payloadType) ?? []
  const fmtp = mappingOf(section, 'fmtp', payloadType) ?? all.map((other) => mappingOf(other, 'fmtp', payloadType)).find(Boolean)
  return {
    payloadType,
    codec: (codec || staticCodec).toUpperCase(),
    clockRate: Number(rate) || staticRate,
    parameters: readParameters(fmtp ?? ''),
  }
}

function readParameters(fmtp: string): Map<string, string> {
  const parameters = new Map<string, string>()
  for (const part of fmtp.split(';')) {
    const [, name = '', value = ''] = /^\s*([^=\s]+)\s*(?:=\s*(.*?))?\s*$/s.exec(part) ?? []
    if (name) parameters.set(name.toLowerCase(), value)
  }
  return parameters
}

/** The value of `a=name:value`; an empty one counts as absent. */
function attributeOf(section: Section, name: string): string | undefined {
  const prefix = `${name}:`
  const attribute = section.attributes.find((candidate) => candidate.toLowerCase().startsWith(prefix))
  return attribute?.slice(prefix.length).trim() || undefined
}

/** What follows the payload type in `a=name:type …`. */
function mappingOf(section: Section, name: string, payloadType: number): string | undefined {
  for (const attribute of section.attributes) {
    const [, key = '', type = '', value = ''] = /^([a-z]+):\s*(\d+)\s+(.*)$/is.exec(attribute) ?? []
    if (key.toLowerCase() === name && Number(type) === payloadType) return value
  }
  return undefined
}
