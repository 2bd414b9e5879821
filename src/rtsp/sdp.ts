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
  /** The camera wants to receive it (`a=sendonly`, for the description is written for its client). */
  readonly isBackchannel: boolean
}

/** One payload type of a medium. */
export interface SdpFormat {
  readonly payloadType: number
  /** The encoding's name in upper case, such as `H264`. */
  readonly codec: string
  readonly clockRate: number
  /** Of audio; 1 unless stated. */
  readonly channels: number
  /** The format's parameters, their names in lower case. */
  readonly parameters: ReadonlyMap<string, string>
}

/**
 * Reads a session description. It takes what it understands and passes over the rest: cameras send two `s=` lines, broken
 * `c=` lines, and a track's `a=fmtp` under another track, which is found by its payload type. Beyond 64 media, 32 formats of each,
 * and 256 attributes of each, nothing is looked at.
 */
export function parseSdp(text: string): Sdp {
  const sections = [openSection('')]
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line.startsWith('m=')) {
      if (sections.length > MAX_MEDIA) break
      sections.push(openSection(line.slice(2).trim()))
    } else if (line.startsWith('a=')) addAttribute(sections.at(-1), line.slice(2, MAX_ATTRIBUTE_LENGTH).trim())
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
  /** What follows the payload type in `a=rtpmap:type …` and `a=fmtp:type …`, the first of each. */
  readonly rtpmap: Map<number, string>
  readonly fmtp: Map<number, ReadonlyMap<string, string>>
}

const MAX_MEDIA = 64
const MAX_FORMATS = 32
const MAX_ATTRIBUTES = 256
/** Parameter sets in base64 are the longest. */
const MAX_ATTRIBUTE_LENGTH = 16_384
const MAX_PARAMETERS = 64
/** Seven bits (RFC 3550 section 5.1). */
const MAX_PAYLOAD_TYPE = 127

function openSection(media: string): Section {
  return { media, attributes: [], rtpmap: new Map(), fmtp: new Map() }
}

function addAttribute(section: Section | undefined, attribute: string): void {
  if (!section || section.attributes.length >= MAX_ATTRIBUTES) return
  section.attributes.push(attribute)
  const [, name = '', type = '', value = ''] = /^(rtpmap|fmtp):\s*(\d+)\s+(.*)$/is.exec(attribute) ?? []
  const payloadType = Number(type)
  if (!name) return
  if (name.toLowerCase() === 'rtpmap') section.rtpmap.set(payloadType, section.rtpmap.get(payloadType) ?? value)
  else if (!section.fmtp.has(payloadType)) section.fmtp.set(payloadType, readParameters(value))
}

/** RFC 3551 section 6: payload types that need no `a=rtpmap`. */
const STATIC_TYPES: ReadonlyMap<number, readonly [string, number]> = new Map([
  [0, ['PCMU', 8000]],
  [2, ['G726-32', 8000]],
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
    isBackchannel: section.attributes.some((attribute) => attribute.toLowerCase() === 'sendonly'),
    formats: payloadTypes
      .filter(isPayloadType)
      .slice(0, MAX_FORMATS)
      .map((type) => readFormat(Number(type), section, all)),
  }
}

function isPayloadType(text: string): boolean {
  return /^\d{1,3}$/.test(text) && Number(text) <= MAX_PAYLOAD_TYPE
}

/** `a=framesize:26 640-480` as 3GPP TS 26.234 has it, `a=x-dimensions:640,480` as Axis and others do. */
function readFrameSize(section: Section): { width: number; height: number } | undefined {
  const text = attributeOf(section, 'framesize')?.replace(/^\d+\s+/, '') ?? attributeOf(section, 'x-dimensions')
  const [, width, height] = /^(\d{1,5})\s*[-,x]\s*(\d{1,5})$/.exec(text ?? '') ?? []
  return Number(width) > 0 && Number(height) > 0 ? { width: Number(width), height: Number(height) } : undefined
}

function readFormat(payloadType: number, section: Section, all: readonly Section[]): SdpFormat {
  const [, codec = '', rate = '', channels = ''] =
    /^([^/\s]+)\/(\d{1,9})(?:\/(\d))?/.exec(section.rtpmap.get(payloadType) ?? '') ?? []
  const [staticCodec = '', staticRate = 90_000] = STATIC_TYPES.get(payloadType) ?? []
  const parameters = [section, ...all].find(({ fmtp }) => fmtp.has(payloadType))?.fmtp.get(payloadType)
  return {
    payloadType,
    codec: (codec || staticCodec).toUpperCase(),
    clockRate: Number(rate) || staticRate,
    channels: Number(channels) || 1,
    parameters: parameters ?? new Map(),
  }
}

function readParameters(fmtp: string): Map<string, string> {
  const parameters = new Map<string, string>()
  for (const part of fmtp.split(';', MAX_PARAMETERS)) {
    const end = part.includes('=') ? part.indexOf('=') : part.length
    const name = part.slice(0, end).trim().toLowerCase()
    if (name) parameters.set(name, part.slice(end + 1).trim())
  }
  return parameters
}

/** The value of `a=name:value`; an empty one counts as absent. */
function attributeOf(section: Section, name: string): string | undefined {
  const prefix = `${name}:`
  const attribute = section.attributes.find((candidate) => candidate.toLowerCase().startsWith(prefix))
  return attribute?.slice(prefix.length).trim() || undefined
}
