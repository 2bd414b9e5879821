import type { AudioCodec, AudioTrack } from '../media/audio.ts'
import { NalBits } from '../media/nal-bits.ts'
import type { Sdp, SdpFormat } from './sdp.ts'

/** The audio track that a camera offers beside its video. */
export interface AudioOffer {
  readonly format: SdpFormat
  readonly track: AudioTrack
  /** The track's own control attribute. */
  readonly control: string | undefined
}

/** Picks the first audio track whose codec is known; undefined where there is none. What a camera wants to hear itself is passed over. */
export function chooseAudio(sdp: Sdp): AudioOffer | undefined {
  for (const { kind, formats, control, isBackchannel } of sdp.media) {
    if (kind !== 'audio' || isBackchannel) continue
    for (const format of formats) {
      const track = readTrack(format)
      if (track) return { format, track, control }
    }
  }
  return undefined
}

const CODECS: ReadonlyMap<string, AudioCodec> = new Map([
  ['MPEG4-GENERIC', 'aac'],
  ['PCMA', 'pcma'],
  ['PCMU', 'pcmu'],
  ['OPUS', 'opus'],
  ['G726-16', 'g726'],
  ['G726-24', 'g726'],
  ['G726-32', 'g726'],
  ['G726-40', 'g726'],
] as const)

function readTrack(format: SdpFormat): AudioTrack | undefined {
  const codec = CODECS.get(format.codec)
  if (!codec) return undefined
  const { clockRate: sampleRate, channels } = format
  if (codec === 'aac') return readAac(format)
  // RFC 3551 section 4.5.4: the name holds kilobits a second, at 8000 samples.
  if (codec === 'g726') return { codec, sampleRate, channels, bitsPerSample: Number(format.codec.slice(-2)) / 8 }
  return { codec, sampleRate, channels }
}

/** RFC 3640 section 4.1; undefined for the modes of MPEG-4 that are no AAC, and for one without a configuration. */
function readAac({ clockRate, channels, parameters }: SdpFormat): AudioTrack | undefined {
  const mode = (parameters.get('mode') ?? 'AAC-hbr').toLowerCase()
  const config = Buffer.from(parameters.get('config') ?? '', 'hex')
  if (!mode.startsWith('aac-') || config.length < 2 || config.length > MAX_CONFIG_BYTES) return undefined
  const bits = new NalBits(config)
  if (bits.bits(5) === ESCAPE) bits.bits(6)
  const index = bits.bits(4)
  const sampleRate = index === OTHER_RATE ? bits.bits(24) : (SAMPLE_RATES[index] ?? clockRate)
  return { codec: 'aac', sampleRate, channels: CHANNELS[bits.bits(4)] ?? channels, config }
}

const MAX_CONFIG_BYTES = 64
const ESCAPE = 31
const OTHER_RATE = 15
/** ISO/IEC 14496-3 table 1.18. */
const SAMPLE_RATES = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350]
/** Table 1.19; 0 is told elsewhere. */
const CHANNELS = [undefined, 1, 2, 3, 4, 5, 6, 8]
