import { AtalayaError } from '../api/errors.ts'
import type { VideoCodec } from '../media/packet.ts'
import { parseSdp, type SdpFormat, type SdpMedia } from './sdp.ts'

/** The video track that a camera offers. */
export interface VideoOffer {
  readonly codec: VideoCodec
  readonly format: SdpFormat
  readonly framerate: number | undefined
  /** The size in pixels where the description tells it: JPEG over RTP cannot, above 2040 pixels. */
  readonly frameSize: { readonly width: number; readonly height: number } | undefined
  /** The track's own control attribute, and that of the whole presentation. */
  readonly control: string | undefined
  readonly sessionControl: string | undefined
}

/**
 * Picks the first video track of a session description whose codec is known.
 * @throws {AtalayaError} `unsupported`, naming what there is, when there is none.
 */
export function chooseVideo(description: string): VideoOffer {
  const sdp = parseSdp(description)
  for (const media of sdp.media) {
    const format = media.kind === 'video' ? media.formats.find((candidate) => CODECS.has(candidate.codec)) : undefined
    const codec = format && CODECS.get(format.codec)
    if (!format || !codec) continue
    refuseInterleaving(codec, format)
    const { framerate, frameSize, control } = media
    return { codec, format, framerate, frameSize, control, sessionControl: sdp.control }
  }
  throw new AtalayaError(
    'unsupported',
    `The camera offers no H.264, H.265 or JPEG video at this address but ${listFormats(sdp.media) || 'nothing'}; ` +
      'set this stream to H.264 in the camera.',
  )
}

const CODECS: ReadonlyMap<string, VideoCodec> = new Map([
  ['H264', 'h264'],
  ['H265', 'h265'],
  ['HEVC', 'h265'],
  ['JPEG', 'jpeg'],
])

/** NAL units out of their decoding order: RFC 6184 section 5.4 and RFC 7798 section 6 know them, no camera was seen to send them. */
function refuseInterleaving(codec: VideoCodec, { parameters }: SdpFormat): void {
  const isInterleaved =
    codec === 'h264' ? parameters.get('packetization-mode') === '2' : Number(parameters.get('sprop-max-don-diff') ?? 0) > 0
  if (!isInterleaved) return
  throw new AtalayaError(
    'unsupported',
    `The camera sends ${codec === 'h264' ? 'H.264' : 'H.265'} in the interleaved packetization mode, which is not supported.`,
  )
}

function listFormats(media: readonly SdpMedia[]): string {
  const found = media.flatMap(({ kind, formats }) =>
    formats.map(({ codec }) => `${codec.slice(0, 20) || 'unknown'} ${kind.slice(0, 20)}`),
  )
  return found.length > MAX_LISTED ? `${found.slice(0, MAX_LISTED).join(', ')} …` : found.join(', ')
}

const MAX_LISTED = 8

/**
 * The parameter sets of `sprop-parameter-sets` (RFC 6184 section 8.1), or of `sprop-vps`, `sprop-sps` and `sprop-pps` (RFC 7798
 * section 7.1); some cameras put start codes into them.
 */
export function readParameterSets({ codec, format }: Pick<VideoOffer, 'codec' | 'format'>): Buffer[] {
  const names = codec === 'h265' ? ['sprop-vps', 'sprop-sps', 'sprop-pps'] : ['sprop-parameter-sets']
  const texts = names.flatMap((name) => (format.parameters.get(name) ?? '').split(',')).slice(0, MAX_SETS)
  const sets = texts.map((set) => Buffer.from(set.trim(), 'base64'))
  return sets.map((set) => set.subarray(startCodeLength(set))).filter((set) => set.length > 0)
}

const MAX_SETS = 64

function startCodeLength(set: Buffer): number {
  if (set.length > 4 && set.readUInt32BE(0) === 1) return 4
  return set.length > 3 && set.readUIntBE(0, 3) === 1 ? 3 : 0
}
