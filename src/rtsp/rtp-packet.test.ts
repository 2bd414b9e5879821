import { describe, expect, it } from 'vitest'
import { parseRtpPacket } from './rtp-packet.ts'

const HEAD = 'e0123400000100deadbeef'

describe('parseRtpPacket', () => {
  it('reads the header', () => {
    expect(parseRtpPacket(Buffer.from(`80${HEAD}0102`, 'hex'))).toEqual({
      payloadType: 96,
      marker: true,
      sequence: 0x1234,
      timestamp: 0x100,
      ssrc: 0xdeadbeef,
      payload: Buffer.from([1, 2]),
    })
  })

  it('takes contributing sources, extension and padding off', () => {
    const packet = Buffer.from(`b1${HEAD}00000001bede000155555555aabb000003`, 'hex')
    expect(parseRtpPacket(packet)?.payload.toString('hex')).toBe('aabb')
  })

  it.each([
    ['nothing', ''],
    ['a cut header', '80e012340000'],
    ['another version', `40${HEAD}00`],
    ['contributing sources that are not there', `8f${HEAD}00`],
    ['an extension longer than the packet', `90${HEAD}bede0fff00`],
    ['more padding than payload', `a0${HEAD}09`],
    ['padding of length zero', `a0${HEAD}0000`],
  ])('refuses %s', (_, hex) => {
    expect(parseRtpPacket(Buffer.from(hex, 'hex'))).toBeUndefined()
  })
})
