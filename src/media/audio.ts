import type { Micros } from './time.ts'

/** The audio codecs Atalaya carries. */
export type AudioCodec = 'aac' | 'pcma' | 'pcmu' | 'opus' | 'g726'

/** The audio of a source, as far as its description tells. */
export interface AudioTrack {
  readonly codec: AudioCodec
  /** Samples a second. */
  readonly sampleRate: number
  readonly channels: number
  /** AAC: the AudioSpecificConfig that a decoder begins with (ISO/IEC 14496-3 section 1.6.2.1). */
  readonly config?: Buffer
  /** G.726: bits of each sample, 2 to 5. */
  readonly bitsPerSample?: number
}

/** One coded frame of audio, or as many samples as came together. It is no `Packet`: it is no picture, and no sign that video comes. */
export interface AudioPacket {
  readonly track: AudioTrack
  /** AAC: one raw access unit, without ADTS. Opus: one packet. Else samples. Read only: all who receive it share the bytes. */
  readonly data: Buffer
  /** Presentation time, on the line of the video's packets; it grows from each to the next. */
  readonly pts: Micros
  /** When it was recorded, on the gateway's monotonic clock. */
  readonly capturedAt: Micros
}
