import type { AtalayaError } from '../api/errors.ts'

/** What takes what comes from a camera. */
export interface WireListener {
  /** Bytes as they came; valid only during the call. */
  bytes(bytes: Buffer): void
  /** The camera, or the network, ended it. Called once at most, and not for `close()`. */
  ended(reason: AtalayaError): void
}

/** What carries an RTSP conversation: bytes both ways, over TCP, TLS, or inside HTTP. */
export interface RtspWire {
  /** The IP address of the camera. */
  readonly cameraAddress: string
  /** Bytes that the camera has not taken yet. */
  readonly unsentBytes: number
  /** Whoever listens last hears all from then on. */
  listen(listener: WireListener): void
  write(data: string | Buffer): void
  /** Ends it at once; resolves when its sockets are released. */
  close(): Promise<void>
}
