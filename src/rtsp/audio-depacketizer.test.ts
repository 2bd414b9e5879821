import { describe, expect, it } from 'vitest'
import { type AudioFrame, openAudioDepacketizer } from './audio-depacketizer.ts'
import { chooseAudio } from './audio-offer.ts'
import { parseSdp } from './sdp.ts'

const MODES = {
  hbr: 'mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1410',
  lbr: 'mode=AAC-lbr;sizelength=6;indexlength=2;indexdeltalength=2;config=1410',
  unsaid: 'config=1410',
}

/** Feeds packets of AAC, a timestamp and a payload each. */
function depacketize(
  mode: keyof typeof MODES,
  ...packets: readonly (readonly [timestamp: number, payload: Buffer] | 'lost')[]
): AudioFrame[] {
  const offer = chooseAudio(parseSdp(`m=audio 0 RTP/AVP 97\r\na=rtpmap:97 MPEG4-GENERIC/16000/1\r\na=fmtp:97 ${MODES[mode]}\r\n`))
  const depacketizer = openAudioDepacketizer(offer!)
  return packets.flatMap((packet) => {
    if (packet === 'lost') depacketizer.lose()
    const [timestamp, payload] = packet === 'lost' ? [0, Buffer.alloc(0)] : packet
    return depacketizer.accept({ payloadType: 97, marker: true, sequence: 0, timestamp, ssrc: 1, payload })
  })
}

/** AU headers of 13 bits of size and 3 of index, and what stands behind them (RFC 3640 section 3.2). */
function units(sizes: readonly number[], data: Buffer): Buffer {
  const headers = sizes.flatMap((size) => [(size << 3) >> 8, (size << 3) & 255])
  return Buffer.concat([Buffer.from([(sizes.length * 16) >> 8, (sizes.length * 16) & 255, ...headers]), data])
}

const shown = (frames: readonly AudioFrame[]) => frames.map(({ data, timestamp }) => `${timestamp}:${data.toString()}`)

describe('AAC over RTP', () => {
  it.each(['hbr', 'unsaid'] as const)('comes one access unit in a packet, or several, each 1024 samples later (%s)', (mode) => {
    const frames = depacketize(mode, [0, units([5], Buffer.from('first'))], [1024, units([6, 5], Buffer.from('secondthird'))])
    expect(shown(frames)).toEqual(['0:first', '1024:second', '2048:third'])
  })

  it('comes in the mode for low rates, too', () => {
    expect(shown(depacketize('lbr', [7, Buffer.concat([Buffer.from([0, 8, 5 << 2]), Buffer.from('small')])]))).toEqual([
      '7:small',
    ])
  })

  it('comes in pieces of one access unit', () => {
    const frames = depacketize('hbr', [0, units([10], Buffer.from('01234'))], [0, units([10], Buffer.from('56789'))])
    expect(shown(frames)).toEqual(['0:0123456789'])
  })

  it('loses an access unit of which a piece is missing, and no other', () => {
    const pieces = [0, units([10], Buffer.from('01234'))] as const
    const frames = depacketize(
      'hbr',
      pieces,
      'lost',
      [0, units([10], Buffer.from('56789'))],
      [1024, units([4], Buffer.from('next'))],
    )
    expect(shown(frames)).toEqual(['1024:next'])
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['half a length', Buffer.from([0])],
    ['headers that are not there', Buffer.from([0xff, 0xff, 1])],
    ['no headers', Buffer.from([0, 0, 1, 2, 3])],
    ['units of no size', units([0, 0], Buffer.from('x'))],
  ])('survives %s', (_, payload) => {
    expect(depacketize('hbr', [0, payload])).toEqual([])
  })
})

describe('samples and Opus over RTP', () => {
  it('are handed on as they come', () => {
    const offer = chooseAudio(parseSdp('m=audio 0 RTP/AVP 8\r\n'))
    const packet = { payloadType: 8, marker: false, sequence: 0, timestamp: 160, ssrc: 1, payload: Buffer.alloc(160, 0xd5) }
    expect(openAudioDepacketizer(offer!).accept(packet)).toEqual([{ data: packet.payload, timestamp: 160 }])
    expect(openAudioDepacketizer(offer!).accept({ ...packet, payload: Buffer.alloc(0) })).toEqual([])
  })
})
