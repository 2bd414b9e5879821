import { joinAnnexB, splitAnnexB } from '../../media/annex-b.ts'
import { H264_SYNTAX } from '../../media/h264-syntax.ts'
import { H265_SYNTAX } from '../../media/h265-syntax.ts'
import { parseJpegHeader } from '../../media/jpeg.ts'
import type { Track, VideoCodec } from '../../media/packet.ts'
import { wholeJpeg } from '../whole-jpeg.ts'
import { describeVideo } from './video-description.ts'

/** A coded picture in the form that packets have. */
export interface CodedPicture {
  readonly track: Track
  readonly data: Buffer
  readonly keyframe: boolean
}

/** Brings what a command copies into the form that packets have: parameter sets at every keyframe, whole JPEGs. */
export class CodedVideo {
  readonly #codec: VideoCodec
  readonly #fps: number | undefined
  #parameterSets: Buffer[] = []
  #track: Track | undefined

  constructor(codec: VideoCodec, fps: number | undefined) {
    this.#codec = codec
    this.#fps = fps
  }

  /** Undefined where there is no picture in it. */
  take(data: Buffer, keyframe: boolean): CodedPicture | undefined {
    return this.#codec === 'jpeg' ? this.#takeJpeg(data) : this.#takeNals(data, keyframe)
  }

  #takeJpeg(raw: Buffer): CodedPicture | undefined {
    const data = wholeJpeg(raw)
    const size = data && parseJpegHeader(data)
    return data && size ? { track: this.#trackOf(size), data, keyframe: true } : undefined
  }

  #takeNals(data: Buffer, keyframe: boolean): CodedPicture | undefined {
    const { kindOf } = this.#codec === 'h265' ? H265_SYNTAX : H264_SYNTAX
    const kinds = [...splitAnnexB(data)].map((nal) => ({ nal: Buffer.from(nal), kind: kindOf(nal[0] ?? 0) }))
    if (!kinds.some(({ kind }) => kind === 'slice')) return undefined
    const sets = kinds.filter(({ kind }) => kind === 'sps' || kind === 'parameter-set').map(({ nal }) => nal)
    // They are there twice when the stream repeats what its description says.
    if (sets.length > 0) this.#parameterSets = sets.filter((set, index) => sets.findIndex((other) => other.equals(set)) === index)
    const rest = kinds.filter(({ kind }) => kind === 'slice' || kind === 'other').map(({ nal }) => nal)
    const whole = joinAnnexB(keyframe ? [...this.#parameterSets, ...rest] : rest)
    const size = keyframe ? describeVideo(this.#codec, whole) : this.#track
    return { track: this.#trackOf(size), data: whole, keyframe }
  }

  #trackOf(size: { readonly width?: number; readonly height?: number } | undefined): Track {
    const { width, height } = size ?? {}
    if (this.#track && this.#track.width === width && this.#track.height === height) return this.#track
    this.#track = {
      codec: this.#codec,
      ...(width !== undefined && { width }),
      ...(height !== undefined && { height }),
      ...(this.#fps !== undefined && { fps: this.#fps }),
    }
    return this.#track
  }
}
