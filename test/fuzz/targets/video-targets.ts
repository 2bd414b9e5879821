import { parseJpegHeader } from '../../../src/media/jpeg.ts'
import type { VideoCodec } from '../../../src/media/packet.ts'
import { ReorderWindow } from '../../../src/rtsp/reorder-window.ts'
import type { VideoOffer } from '../../../src/rtsp/video-offer.ts'
import { VideoReceiver } from '../../../src/rtsp/video-receiver.ts'
import { TrackFollower } from '../../../src/sources/track-follower.ts'
import { SILENT_LOG } from '../../../src/telemetry/log.ts'
import { type FuzzTarget, insist } from '../fuzz-target.ts'
import { splitPackets } from '../packet-list.ts'
import { H264_STREAMS, H265_STREAMS, JPEG_STREAMS } from '../rtp-corpus.ts'

/** More than a picture may have, so that a limit is reached. */
const LIMIT = 12 * 1024 * 1024
const MAX_UNIT_BYTES = 8 * 1024 * 1024
/** Parameter sets stand before a keyframe. */
const MAX_SETS_BYTES = 2 * 1024 * 1024

/** A camera's RTP packets on their whole way to access units and tracks. */
export const VIDEO_TARGETS: readonly FuzzTarget[] = [
  videoTarget('h264', H264_STREAMS, [Buffer.of(0x7c, 0x85), Buffer.of(0x78), Buffer.of(0, 0, 3)]),
  videoTarget('h265', H265_STREAMS, [Buffer.of(0x62, 1, 0x93), Buffer.of(0x60, 1), Buffer.of(0, 0, 3)]),
  videoTarget('jpeg', JPEG_STREAMS, [Buffer.of(0, 0, 0, 0, 1, 255, 0, 0), Buffer.of(0, 0, 0, 128), Buffer.of(0xff, 0xd9)]),
]

function videoTarget(codec: VideoCodec, corpus: readonly Buffer[], words: readonly Buffer[]): FuzzTarget {
  return {
    name: `rtp-${codec}`,
    corpus,
    shape: 'packets',
    words,
    limit: LIMIT,
    run(input, endTurn) {
      const offer = offerOf(codec, input)
      let isFirst = true
      let lastDts = Number.NEGATIVE_INFINITY
      const tracks = new TrackFollower(offer, () => undefined, SILENT_LOG)
      const receiver = new VideoReceiver(offer, (unit, { pts, dts, capturedAt }) => {
        insist(!isFirst || unit.keyframe, 'the first access unit is no keyframe')
        insist(unit.data.length <= MAX_UNIT_BYTES + MAX_SETS_BYTES, `an access unit has ${unit.data.length} bytes`)
        insist(Number.isInteger(pts) && Number.isInteger(capturedAt), 'an access unit has no time')
        insist(codec !== 'jpeg' || parseJpegHeader(unit.data) !== undefined, 'a JPEG is not whole')
        insist(dts > lastDts && pts >= dts, 'a picture is shown before it is decoded, or time runs backwards')
        lastDts = dts
        isFirst = false
        tracks.trackOf(unit.description)
      })
      const window = new ReorderWindow((packet) => receiver.rtp(packet))
      const isUdp = input.length % 2 === 1
      for (const packet of splitPackets(input)) {
        if (isUdp) window.push(packet)
        else receiver.rtp(packet)
        endTurn()
      }
      receiver.receiverReport()
      window.close()
    },
  }
}

function offerOf(codec: VideoCodec, input: Buffer): VideoOffer {
  const frameSize = input.length % 3 === 0 ? { width: 4000, height: 3000 } : undefined
  const format = {
    payloadType: 96,
    codec: codec.toUpperCase(),
    clockRate: 90_000,
    channels: 1,
    parameters: new Map<string, string>(),
  }
  return { codec, format, framerate: undefined, frameSize, control: undefined, sessionControl: undefined }
}
