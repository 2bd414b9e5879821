import { splitAnnexB } from '../../media/annex-b.ts'
import type { VideoCodec } from '../../media/packet.ts'

/**
 * The beginning of a live Matroska stream (RFC 9559) with one video track, whose times are microseconds. Matroska tells a
 * program where each packet ends, so that it need not wait for the next one.
 */
export function matroskaHead({ codec, width, height }: { codec: VideoCodec; width: number; height: number }): Buffer {
  const ebml = element(ID.ebml, [element(ID.docType, Buffer.from('matroska')), unsigned(ID.docTypeReadVersion, 2)])
  const info = element(ID.info, [unsigned(ID.timestampScale, NANOSECONDS_PER_TICK)])
  const video = element(ID.video, [unsigned(ID.pixelWidth, width), unsigned(ID.pixelHeight, height)])
  const parts = [
    unsigned(ID.trackNumber, 1),
    unsigned(ID.trackUid, 1),
    unsigned(ID.trackType, VIDEO),
    element(ID.codecId, Buffer.from(CODEC_IDS[codec])),
    ...(codec === 'jpeg' ? [] : [element(ID.codecPrivate, CONFIGURATION[codec])]),
    video,
  ]
  const tracks = element(ID.tracks, [element(ID.trackEntry, parts)])
  return Buffer.concat([ebml, UNKNOWN_LENGTH_SEGMENT, info, tracks])
}

/** One packet: a cluster of its own, for the time of a block alone is too small a number. */
export function matroskaPacket(codec: VideoCodec, packet: { time: number; keyframe: boolean; data: Buffer }): Buffer[] {
  const body = codec === 'jpeg' ? [packet.data] : lengthPrefixed(packet.data)
  // Track number, time relative to the cluster, flags.
  const head = Buffer.from([0x81, 0, 0, packet.keyframe ? 0x80 : 0])
  const length = body.reduce((sum, { length }) => sum + length, head.length)
  const block = Buffer.concat([idOf(ID.simpleBlock), sizeOf(length), head])
  const time = unsigned(ID.timestamp, packet.time)
  return [Buffer.concat([idOf(ID.cluster), sizeOf(time.length + block.length - head.length + length), time, block]), ...body]
}

const NANOSECONDS_PER_TICK = 1000
const VIDEO = 1

const ID = {
  ebml: 0x1a45dfa3,
  docType: 0x4282,
  docTypeReadVersion: 0x4285,
  segment: 0x18538067,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackUid: 0x73c5,
  trackType: 0x83,
  codecId: 0x86,
  codecPrivate: 0x63a2,
  video: 0xe0,
  pixelWidth: 0xb0,
  pixelHeight: 0xba,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
} as const

/** RFC 9559 section 8 and the registry of codecs. */
const CODEC_IDS = { h264: 'V_MPEG4/ISO/AVC', h265: 'V_MPEGH/ISO/HEVC', jpeg: 'V_MJPEG' } as const

/**
 * What must be said in advance: NAL units follow a length of four bytes. The parameter sets come with every keyframe
 * (ISO/IEC 14496-15 sections 5.3.3.1 and 8.3.3.1).
 */
const CONFIGURATION = {
  h264: Buffer.from([1, 100, 0, 51, 0xff, 0xe0, 0]),
  h265: Buffer.concat([Buffer.from([1, 1]), Buffer.alloc(19), Buffer.from([0x0f, 0])]),
} as const

const UNKNOWN_LENGTH_SEGMENT = Buffer.concat([idOf(ID.segment), Buffer.from([0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])])

function* prefixed(data: Buffer): Generator<Buffer> {
  for (const nal of splitAnnexB(data)) {
    const length = Buffer.allocUnsafe(4)
    length.writeUInt32BE(nal.length)
    yield length
    yield Buffer.from(nal.buffer, nal.byteOffset, nal.length)
  }
}

function lengthPrefixed(data: Buffer): Buffer[] {
  return [...prefixed(data)]
}

function unsigned(id: number, value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8)
  bytes.writeBigUInt64BE(BigInt(Math.round(value)))
  return element(id, bytes)
}

function element(id: number, content: Buffer | Buffer[]): Buffer {
  const body = Buffer.isBuffer(content) ? content : Buffer.concat(content)
  return Buffer.concat([idOf(id), sizeOf(body.length), body])
}

/** An identifier is written as it is: its length is in its first bits (RFC 8794 section 5). */
function idOf(id: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeUInt32BE(id)
  return bytes.subarray(bytes.findIndex((byte) => byte !== 0))
}

/** A length in eight bytes, of which the first says so (RFC 8794 section 4). */
function sizeOf(length: number): Buffer {
  const bytes = Buffer.allocUnsafe(8)
  bytes.writeBigUInt64BE(BigInt(length))
  bytes[0] = 0x01
  return bytes
}
