import type { AtalayaError } from '../api/errors.ts'
import type { Packet, Track } from '../media/packet.ts'
import type { Picture } from '../media/picture.ts'
import type { PictureCondition } from '../media/picture-condition.ts'
import type { Rendition } from '../media/rendition.ts'
import type { PacketCost } from '../telemetry/metrics.ts'

/** Where pixels are handled: coded packets in, JPEGs out, in processes that may crash without anyone losing a connection. */
export interface Engines extends AsyncDisposable {
  /**
   * Opens a decoder for one camera in the least loaded engine, starting one if need be.
   * @throws {AtalayaError} `engine_unavailable` where no engine can run; `quarantined` when this camera's stream crashed
   * its engine three times.
   */
  openDecoder(camera: string, track: Track, output: DecoderOutput): Promise<Decoder>
  /**
   * Starts a generator of moving test pictures, coded as H.264.
   * @throws {AtalayaError} `engine_unavailable` where no engine can run.
   */
  openGenerator(pattern: TestPattern, output: GeneratorOutput): Promise<Generator>
  /**
   * Opens something that libav reads, in an engine of its own, so that nothing else waits where it blocks.
   * @throws {AtalayaError} `engine_unavailable` where no engine can run; `quarantined` when it crashed its engine three times.
   */
  openInput(request: InputRequest, output: InputOutput): Promise<Input>
  /**
   * Draws what is shown of a camera that shows nothing. Resolves with a JPEG.
   * @throws {AtalayaError} `engine_unavailable` where no engine can run; another code when the engine fell meanwhile.
   */
  drawNotice(notice: Notice): Promise<Buffer>
}

/** One camera's decoder inside an engine. All its renditions come from one decoding. */
export interface Decoder {
  /**
   * The pictures that are wanted from now on, by a key the caller chooses. A key that is new gets a picture of the newest
   * decoded frame at once. No key: packets are still decoded.
   */
  setRenditions(renditions: ReadonlyMap<number, Rendition>): void
  /**
   * Hands over the next packet; the first must be a keyframe. Never blocks: an engine that falls behind loses packets up
   * to the next keyframe, and they are counted in `skipped`.
   * @param sequence numbers the packets of the camera; the picture made from the packet bears it.
   * @param catchUp decoded for the sake of later packets: no picture is made of it.
   */
  push(packet: Packet, sequence: number, catchUp: boolean): void
  /** Packets lost because the engine fell behind. */
  readonly skipped: number
  /** Frees the engine's slot at once. Nothing is called on the output afterwards. */
  close(): void
}

export interface DecoderOutput {
  picture(rendition: number, picture: Picture): void
  /** What the decoded pictures show has changed; `ok` until then. */
  condition(condition: PictureCondition): void
  /** The engine is done with another packet; an ffmpeg command does not tell. */
  packetDone?(cost: PacketCost): void
  /** The engine is gone or the decoder in it failed; this decoder is closed. Open another to go on. */
  failed(error: AtalayaError): void
}

export interface TestPattern {
  readonly pattern: 'clock' | 'smpte'
  /** Drawn into the picture. */
  readonly name: string
  /** Size in pixels, both even. */
  readonly width: number
  readonly height: number
  readonly fps: number
}

/** A running test pattern. */
export interface Generator {
  /** Frees the engine's slot at once. Nothing is called on the output afterwards. */
  close(): void
}

export interface GeneratorOutput {
  packet(packet: Packet): void
  failed(error: AtalayaError): void
}

/** Something that libav reads. */
export interface InputRequest {
  /** Files and folders are played at their own pace and begin anew at their end; devices and streams come as they come. */
  readonly kind: 'stream' | 'file' | 'folder' | 'device'
  /** What libav opens; may hold a password. */
  readonly address: string
  /** The same for people to read, without a password. */
  readonly name: string
  /** Pictures a second of a folder. */
  readonly fps?: number | undefined
  /** Sets of options of the protocol and the demuxer by libav's names; the first that can be opened with is taken. */
  readonly options: readonly Readonly<Record<string, string>>[]
}

/** What libav reads inside an engine. */
export interface Input {
  /** Resolves when everything it held is released, which takes 0.1 s at most. Nothing is called on the output afterwards. */
  close(): Promise<void>
}

export interface InputOutput {
  track(track: Track): void
  packet(packet: Packet): void
  /** It cannot be opened, has ended, or its engine is gone; the input is closed. */
  failed(error: AtalayaError): void
}

/** A dimmed picture with lines of text in it. */
export interface Notice {
  /** Size of the JPEG in pixels, both even. */
  readonly width: number
  readonly height: number
  /** 1–100, as users of libjpeg know it. */
  readonly quality: number
  /** The first is drawn larger. What there is no room for is left out. */
  readonly lines: readonly string[]
  /** A JPEG of any size; without it the ground is dark. */
  readonly ground?: Buffer | undefined
}
