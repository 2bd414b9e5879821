import type { CameraStatus } from './camera-status.ts'
import type { ErrorCode } from './errors.ts'

/** What a page wants of one tile; a later one for the same tile takes its place. */
export interface WallWatch {
  readonly type: 'watch'
  /** The page's own number of the tile. */
  readonly tile: number
  readonly camera: string
  /** False: the tile is on the page but nobody can see it. It gets states and no pictures, and is no viewer. */
  readonly visible: boolean
  readonly width?: number | undefined
  readonly height?: number | undefined
  readonly fps?: number | undefined
  /** `auto`: rate, quality and size follow what the way to the page takes. */
  readonly quality?: number | 'auto' | undefined
  readonly stream?: 'main' | 'sub' | undefined
}

/** What a page says to `/api/wall` in text; acknowledgements are binary. */
export type WallRequest =
  | WallWatch
  | { readonly type: 'unwatch'; readonly tile: number }
  /** Answered by `pong` with the same `at`. */
  | { readonly type: 'ping'; readonly at: number }

/** What one visible tile has had, and what is known of its camera. */
export interface WallTileStats {
  readonly tile: number
  /** The pictures it gets, such as `640x360@10 q80`; `null` before the first. */
  readonly rendition: string | null
  /** Pictures that were handed to the connection. */
  readonly sent: number
  /** Pictures that the page or the way to it was too slow for. */
  readonly skipped: number
  readonly camera: Pick<CameraStatus, 'fps' | 'width' | 'height' | 'codec' | 'viewers' | 'reconnects' | 'lastPictureAge'>
}

/** What `/api/wall` says in text; pictures are binary. */
export type WallAnswer =
  /** Comes first. `now` is the gateway's clock in milliseconds since 1970. */
  | { readonly type: 'hello'; readonly version: string; readonly now: number }
  /** The state of a camera that a tile of the page asks for: at once, and at each change. */
  | { readonly type: 'camera'; readonly status: CameraStatus }
  /** Why a tile gets no pictures; without `tile`, what was wrong with a message. */
  | { readonly type: 'error'; readonly tile?: number; readonly code: ErrorCode; readonly message: string }
  /** Once a second, while a tile is visible. */
  | { readonly type: 'stats'; readonly tiles: readonly WallTileStats[] }
  | { readonly type: 'pong'; readonly at: number; readonly now: number }

/** What stands in front of the JPEG in a picture's message. */
export interface WallPictureHeader {
  readonly tile: number
  /** Counts the pictures of this tile from 1 on: what is acknowledged. */
  readonly number: number
  /** Pictures of this tile that were skipped so far. */
  readonly skipped: number
  /** The picture's number at its camera. */
  readonly sequence: number
  /** When it was taken, and when it was handed to the connection: the gateway's clock, in milliseconds since 1970. */
  readonly capturedAt: number
  readonly sentAt: number
}

/** Bytes in front of each JPEG. */
export const WALL_HEADER_BYTES = 32

/** The header of a picture: four unsigned 32-bit numbers and two 64-bit floating-point ones, big-endian. */
export function encodeWallHeader(header: WallPictureHeader): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(WALL_HEADER_BYTES)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, header.tile)
  view.setUint32(4, header.number)
  view.setUint32(8, header.skipped)
  view.setUint32(12, header.sequence)
  view.setFloat64(16, header.capturedAt)
  view.setFloat64(24, header.sentAt)
  return bytes
}

/** Undefined where the message is too short to hold a picture. */
export function decodeWallHeader(message: ArrayBuffer): WallPictureHeader | undefined {
  if (message.byteLength <= WALL_HEADER_BYTES) return undefined
  const view = new DataView(message)
  return {
    tile: view.getUint32(0),
    number: view.getUint32(4),
    skipped: view.getUint32(8),
    sequence: view.getUint32(12),
    capturedAt: view.getFloat64(16),
    sentAt: view.getFloat64(24),
  }
}

/** What a page says of a picture that is on the screen, or was dropped, and of all of the same tile before it. */
export interface WallAck extends Pick<WallPictureHeader, 'tile' | 'number'> {
  /** Milliseconds from when the page got it. */
  readonly heldMs: number
}

/** The acknowledgement as it is sent: three unsigned 32-bit numbers, big-endian. */
export function encodeWallAck({ tile, number, heldMs }: WallAck): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(ACK_BYTES)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, tile)
  view.setUint32(4, number)
  view.setUint32(8, heldMs)
  return bytes
}

/** Undefined where the message is no acknowledgement. The last number may be left out. */
export function decodeWallAck(message: Uint8Array): WallAck | undefined {
  if (message.byteLength !== ACK_BYTES && message.byteLength !== SHORT_ACK_BYTES) return undefined
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength)
  return {
    tile: view.getUint32(0),
    number: view.getUint32(4),
    heldMs: message.byteLength === ACK_BYTES ? view.getUint32(8) : 0,
  }
}

const ACK_BYTES = 12
const SHORT_ACK_BYTES = 8
