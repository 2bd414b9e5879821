import type { AudioPacket } from '../media/audio.ts'
import type { Packet, Track } from '../media/packet.ts'

/** A way in: something that yields packets. */
export interface Source {
  /**
   * Connects and delivers packets until it fails or is aborted. It never retries: the camera that runs it does.
   * Resolves only after an abort, when every socket and process it held is released; rejects with an
   * `AtalayaError` that says why when the peer ends the stream or breaks the protocol.
   */
  run(output: SourceOutput, signal: AbortSignal): Promise<void>
  /** How its video travels, and what got lost on the way; absent where nothing can get lost, and before anything came. */
  readonly reception?: Reception | undefined
}

/** What became of the video on its way, since the source began to run. */
export interface Reception {
  readonly transport: 'tcp' | 'udp' | 'http'
  /** RTP packets that never came. */
  readonly lostPackets: number
  /** Pictures that were left out because something of them, or of one that they build upon, was lost. */
  readonly lostPictures: number
}

/** Where a source puts what it receives. Neither call blocks. */
export interface SourceOutput {
  /** The stream is described; called before its first packet and again when the description changes. */
  track(track: Track): void
  packet(packet: Packet): void
  /** Audio that comes beside the video; sources that have none never call it. */
  audio?(packet: AudioPacket): void
}
