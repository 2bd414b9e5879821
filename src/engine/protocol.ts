import type { Writable } from 'node:stream'
import type { ErrorCode } from '../api/errors.ts'
import type { Micros } from '../media/time.ts'
import type { PacketCost } from '../telemetry/metrics.ts'

/**
 * What the main process and an engine say to each other over their pipe. A message is a header of nine bytes (length of
 * the body, type, session; big-endian) and a body: fields of fixed size and then raw bytes where pictures or packets
 * travel, JSON for the rare rest.
 */
export const MESSAGE = {
  // to the engine
  openDecoder: 1,
  openGenerator: 2,
  setRenditions: 3,
  decode: 4,
  close: 5,
  drawNotice: 7,
  openInput: 8,
  ping: 9,
  // from the engine
  ready: 16,
  unavailable: 17,
  working: 18,
  done: 19,
  picture: 20,
  generated: 21,
  failed: 22,
  notice: 24,
  condition: 25,
  inputTrack: 26,
  inputPacket: 27,
  inputEnded: 28,
  pong: 29,
} as const

/** The engine's end of the pipe: 0–2 are the standard streams, 3 is Node's own channel of a forked process. */
export const PIPE_FD = 4

export const HEADER_BYTES = 9

/** No honest message is larger; a longer one means that the two ends have lost each other. */
export const MAX_BODY_BYTES = 64 * 1024 * 1024

/** The session number of messages that concern the engine as a whole. */
export const NO_SESSION = 0

/** What a message is and whom it concerns. */
export interface MessageHead {
  readonly type: number
  readonly session: number
}

/** Writes one message. `data` is not copied; it goes to the kernel together with the rest in one call. */
export function sendMessage(pipe: Writable, { type, session }: MessageHead, fields: Buffer, data?: Buffer): void {
  const header = Buffer.allocUnsafe(HEADER_BYTES + fields.length)
  header.writeUInt32BE(fields.length + (data?.length ?? 0), 0)
  header.writeUInt8(type, 4)
  header.writeUInt32BE(session, 5)
  header.set(fields, HEADER_BYTES)
  if (data === undefined) {
    pipe.write(header)
    return
  }
  pipe.cork()
  pipe.write(header)
  pipe.write(data)
  pipe.uncork()
}

/** Writes one message whose body is JSON. */
export function sendJson(pipe: Writable, head: MessageHead, value: unknown): void {
  sendMessage(pipe, head, Buffer.from(JSON.stringify(value)))
}

/** Reads the JSON body of a message; both ends are ours, so its shape is as declared. */
export function readJson<T>(body: Buffer): T {
  return JSON.parse(body.toString()) as T
}

export const EMPTY = Buffer.alloc(0)

/** What either end is told about a packet. */
export interface CodedPacket {
  readonly sequence: number
  readonly pts: Micros
  readonly dts: Micros
  readonly capturedAt: Micros
  readonly keyframe: boolean
  readonly catchUp: boolean
  readonly data: Buffer
}

const KEYFRAME = 1
const CATCH_UP = 2
const PACKET_FIELDS_BYTES = 33

export function encodePacketFields(packet: Omit<CodedPacket, 'data'>): Buffer {
  const fields = Buffer.allocUnsafe(PACKET_FIELDS_BYTES)
  fields.writeDoubleBE(packet.sequence, 0)
  fields.writeDoubleBE(packet.pts, 8)
  fields.writeDoubleBE(packet.dts, 16)
  fields.writeDoubleBE(packet.capturedAt, 24)
  fields.writeUInt8((packet.keyframe ? KEYFRAME : 0) | (packet.catchUp ? CATCH_UP : 0), 32)
  return fields
}

export function decodePacket(body: Buffer): CodedPacket {
  const flags = body.readUInt8(32)
  return {
    sequence: body.readDoubleBE(0),
    pts: body.readDoubleBE(8) as Micros,
    dts: body.readDoubleBE(16) as Micros,
    capturedAt: body.readDoubleBE(24) as Micros,
    keyframe: (flags & KEYFRAME) !== 0,
    catchUp: (flags & CATCH_UP) !== 0,
    data: body.subarray(PACKET_FIELDS_BYTES),
  }
}

/** What comes before the bytes of a picture. */
export interface PictureFields {
  readonly rendition: number
  readonly width: number
  readonly height: number
  readonly sequence: number
  readonly capturedAt: Micros
}

export function encodePictureFields(picture: PictureFields): Buffer {
  const fields = Buffer.allocUnsafe(24)
  fields.writeUInt32BE(picture.rendition, 0)
  fields.writeUInt16BE(picture.width, 4)
  fields.writeUInt16BE(picture.height, 6)
  fields.writeDoubleBE(picture.sequence, 8)
  fields.writeDoubleBE(picture.capturedAt, 16)
  return fields
}

export function decodePicture(body: Buffer): PictureFields & { readonly data: Buffer } {
  return {
    rendition: body.readUInt32BE(0),
    width: body.readUInt16BE(4),
    height: body.readUInt16BE(6),
    sequence: body.readDoubleBE(8),
    capturedAt: body.readDoubleBE(16) as Micros,
    data: body.subarray(24),
  }
}

/** How much of what was sent to a decoder it has dealt with, in total, and what the last packet cost. */
export interface Progress {
  readonly packets: number
  readonly bytes: number
  readonly cost: PacketCost
}

export function encodeProgress({ packets, bytes, cost }: Progress): Buffer {
  const fields = Buffer.allocUnsafe(27)
  fields.writeDoubleBE(packets, 0)
  fields.writeDoubleBE(bytes, 8)
  fields.writeFloatBE(cost.decoding, 16)
  fields.writeFloatBE(cost.making, 20)
  fields.writeUInt16BE(cost.jpegs, 24)
  fields.writeUInt8(cost.isLate ? 1 : 0, 26)
  return fields
}

export function decodeProgress(body: Buffer): Progress {
  const times = { decoding: body.readFloatBE(16), making: body.readFloatBE(20) }
  const cost = { ...times, jpegs: body.readUInt16BE(24), isLate: body.readUInt8(26) === 1 }
  return { packets: body.readDoubleBE(0), bytes: body.readDoubleBE(8), cost }
}

/** Why a session or a whole engine cannot go on. */
export interface Failure {
  readonly code: ErrorCode
  readonly message: string
}
