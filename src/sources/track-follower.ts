import { parseSps } from '../media/h264-sps.ts'
import { H264_SYNTAX } from '../media/h264-syntax.ts'
import { parseH265Sps } from '../media/h265-sps.ts'
import { H265_SYNTAX } from '../media/h265-syntax.ts'
import { parseJpegHeader } from '../media/jpeg.ts'
import type { Track } from '../media/packet.ts'
import { readParameterSets, type VideoOffer } from '../rtsp/video-offer.ts'
import type { Log } from '../telemetry/log.ts'
import { SizeLimit } from './size-limit.ts'

/** Announces the track of a stream, and announces it anew when the stream itself says something else. */
export class TrackFollower {
  readonly #offer: VideoOffer
  readonly #announce: (track: Track) => void
  readonly #log: Log
  readonly #limit = new SizeLimit()
  #description: Buffer | undefined
  #track: Track | undefined

  constructor(offer: VideoOffer, announce: (track: Track) => void, log: Log) {
    this.#offer = offer
    this.#announce = announce
    this.#log = log
    if (offer.codec === 'jpeg') return
    const syntax = offer.codec === 'h265' ? H265_SYNTAX : H264_SYNTAX
    const described = readParameterSets(offer).find((set) => syntax.kindOf(set[0] ?? 0) === 'sps')
    if (described) this.trackOf(described)
  }

  /**
   * The track as its present sequence parameter set describes it, or the JPEG itself. Undefined for what nobody should be given: a JPEG
   * that is not whole, a picture that is larger than any camera's.
   * @throws {AtalayaError} `unsupported` when all that comes is too large
   */
  trackOf(description: Buffer): Track | undefined {
    if (description === this.#description && this.#track) return this.#track
    const track = this.#describe(description)
    if (!track || !this.#isAdmitted(track)) return undefined
    this.#description = description
    if (this.#track && isSameTrack(track, this.#track)) return this.#track
    this.#track = track
    this.#announce(track)
    return track
  }

  #isAdmitted({ width, height }: Track): boolean {
    return width === undefined || height === undefined || this.#limit.admits({ width, height })
  }

  #describe(description: Buffer): Track | undefined {
    const { codec, framerate } = this.#offer
    const withFps = (fps: number | undefined) => (fps === undefined ? {} : { fps })
    if (codec === 'jpeg') {
      const size = parseJpegHeader(description)
      return size && { codec, ...size, ...withFps(framerate) }
    }
    try {
      const { width, height, fps = framerate } = codec === 'h265' ? parseH265Sps(description) : parseSps(description)
      return { codec, width, height, ...withFps(fps) }
    } catch (error) {
      // A decoder may still make something of the stream.
      this.#log.warn({ err: error }, 'the size of the video cannot be read')
      return { codec }
    }
  }
}

function isSameTrack(a: Track, b: Track): boolean {
  return a.width === b.width && a.height === b.height && a.fps === b.fps
}
