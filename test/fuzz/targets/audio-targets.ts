import { AudioLine } from '../../../src/rtsp/audio-line.ts'
import { chooseAudio } from '../../../src/rtsp/audio-offer.ts'
import { AudioReceiver } from '../../../src/rtsp/audio-receiver.ts'
import { parseSdp } from '../../../src/rtsp/sdp.ts'
import { type FuzzTarget, insist } from '../fuzz-target.ts'
import { splitPackets } from '../packet-list.ts'
import { stream } from '../rtp-corpus.ts'

/** An access unit in a packet, three in a packet, and one in two packets (RFC 3640 section 3.2). */
const STREAM = stream(
  [
    [Buffer.from('00100028' + '1111111111', 'hex')],
    [Buffer.from('0030' + '001000100010' + '112233445566', 'hex')],
    [Buffer.from('00100040' + '0011223344', 'hex'), Buffer.from('00100040' + '556677', 'hex')],
  ].map((unit) => unit.map((payload) => ({ payload, marker: true }))),
  97,
)

/** RTP packets of audio on their way to frames. */
export const AUDIO_TARGETS: readonly FuzzTarget[] = [
  {
    name: 'rtp-aac',
    corpus: [STREAM],
    shape: 'packets',
    words: [Buffer.of(0, 16), Buffer.of(0xff, 0xff), Buffer.of(0, 0)],
    limit: 64 * 1024,
    run(input, endTurn) {
      const mode = input.length % 2 === 0 ? 'AAC-hbr;sizelength=13;indexlength=3' : 'AAC-lbr'
      const offer = chooseAudio(
        parseSdp(`m=audio 0 RTP/AVP 97\na=rtpmap:97 MPEG4-GENERIC/16000\na=fmtp:97 mode=${mode};config=1410`),
      )
      insist(offer !== undefined, 'no offer')
      let last = Number.NEGATIVE_INFINITY
      const receiver = new AudioReceiver(offer, ({ data }, { pts }) => {
        insist(data.length > 0 && data.length < 65_536 && pts > last, 'a frame that cannot be')
        last = pts
      })
      for (const packet of splitPackets(input)) {
        receiver.rtp(packet)
        endTurn()
      }
      receiver.receiverReport()
    },
  },
  {
    name: 'rtp-audio',
    corpus: [STREAM],
    shape: 'packets',
    limit: 64 * 1024,
    run(input, endTurn) {
      const format = WHOLE_FORMATS[input.length % WHOLE_FORMATS.length]
      const offer = chooseAudio(parseSdp(`m=audio 0 RTP/AVP 97\na=rtpmap:97 ${format}`))
      insist(offer !== undefined, 'no offer')
      const line = new AudioLine()
      let last = Number.NEGATIVE_INFINITY
      const receiver = new AudioReceiver(offer, ({ data }, time) => {
        line.picture(time)
        const pts = line.place(time)
        insist(data.length > 0 && (pts === undefined || pts > last), 'a frame that cannot be')
        last = pts ?? last
      })
      for (const packet of splitPackets(input)) {
        receiver.rtp(packet)
        receiver.rtcp(packet)
        endTurn()
      }
    },
  },
]

/** A payload is a frame. */
const WHOLE_FORMATS = ['PCMA/8000', 'OPUS/48000/2', 'G726-16/8000', 'PCMU/16000/2']
