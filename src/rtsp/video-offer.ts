import { AtalayaError } from '../api/errors.ts'
import { parseSdp, type SdpFormat } from './sdp.ts'

/** The H.264 track that a camera offers. */
export interface VideoOffer {
  readonly format: SdpFormat
  readonly framerate: number | undefined
  /** The track's own control attribute, and that of the whole presentation. */
  readonly control: string | undefined
  readonly sessionControl: string | undefined
}

/**
 * Picks the first H.264 video track of a session description.
 * @throws {AtalayaError} `unsupported`, naming what there is, when there is none.
 */
export function chooseVideo(description: string): VideoOffer {
  const sdp = parseSdp(description)
  for (const media of sdp.media) {
    const format = media.kind === 'video' ? media.formats.find((candidate) => candidate.codec === 'H264') : undefined
    if (!format) continue
    if (format.parameters.get('packetization-mode') === '2') {
      throw new AtalayaError(
        'unsupported',
        'The camera sends H.264 in the interleaved packetization mode, which is not supported.',
      )
    }
    return { format, framerate: media.framerate, control: media.control, sessionControl: sdp.control }
  }
  const found = sdp.media.flatMap((media) =>
    media.formats.map((format) => `${format.codec.slice(0, 20) || 'unknown'} ${media.kind.slice(0, 20)}`),
  )
  throw new AtalayaError(
    'unsupported',
    `The camera offers no H.264 video at this address but ${found.join(', ') || 'nothing'}; set this stream to H.264 in the camera.`,
  )
}

/** The parameter sets of `sprop-parameter-sets` (RFC 6184 section 8.1); some cameras put start codes into them. */
export function readParameterSets(format: SdpFormat): Buffer[] {
  const sets = (format.parameters.get('sprop-parameter-sets') ?? '').split(',').map((set) => Buffer.from(set.trim(), 'base64'))
  return sets.map((set) => set.subarray(startCodeLength(set))).filter((set) => set.length > 0)
}

function startCodeLength(set: Buffer): number {
  if (set.length > 4 && set.readUInt32BE(0) === 1) return 4
  return set.length > 3 && set.readUIntBE(0, 3) === 1 ? 3 : 0
}
