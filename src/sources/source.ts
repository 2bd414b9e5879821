import type { Packet, Track } from '../media/packet.ts'

/** A way in: something that yields packets. */
export interface Source {
  /**
   * Connects and delivers packets until it fails or is aborted. It never retries: the camera that runs it does.
   * Resolves only after an abort, when every socket and process it held is released; rejects with an
   * `AtalayaError` that says why when the peer ends the stream or breaks the protocol.
   */
  run(output: SourceOutput, signal: AbortSignal): Promise<void>
}

/** Where a source puts what it receives. Neither call blocks. */
export interface SourceOutput {
  /** The stream is described; called before its first packet and again when the description changes. */
  track(track: Track): void
  packet(packet: Packet): void
}
