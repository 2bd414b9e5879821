import { describe, expect, it } from 'vitest'
import { parseSdp } from './sdp.ts'
import { chooseVideo, readParameterSets } from './video-offer.ts'

const AMCREST = [
  'v=0',
  'o=- 2251937968 2251937968 IN IP4 0.0.0.0',
  's=Media Server',
  's=again',
  'c=IN IP4',
  't=0 0',
  'a=control:*',
  'm=video 0 RTP/AVP 96',
  'a=control:trackID=0',
  'a=framerate:25.000000',
  'a=rtpmap:96 H264/90000',
  'a=recvonly',
  'm=audio 0 RTP/AVP 97 8',
  'a=fmtp:96 packetization-mode=1;profile-level-id=4D401F;sprop-parameter-sets=Z01AH5WgFAFuQA==,aO48gAAA',
  'a=control:trackID=1',
  'a=rtpmap:97 MPEG4-GENERIC/16000',
].join('\r\n')

describe('a session description', () => {
  it('is read in spite of what cameras do to it', () => {
    const { format, ...offer } = chooseVideo(AMCREST)
    expect(offer).toEqual({ codec: 'h264', frameSize: undefined, framerate: 25, control: 'trackID=0', sessionControl: '*' })
    expect(format).toMatchObject({ payloadType: 96, codec: 'H264', clockRate: 90_000 })
    expect(readParameterSets({ codec: 'h264', format }).map((set) => (set[0] ?? 0) & 31)).toEqual([7, 8])
  })

  it('knows the static payload types', () => {
    expect(parseSdp(AMCREST).media[1]?.formats.map(({ codec, clockRate }) => `${codec}/${clockRate}`)).toEqual([
      'MPEG4-GENERIC/16000',
      'PCMA/8000',
    ])
  })

  it('takes start codes off parameter sets', () => {
    const set = Buffer.from([0, 0, 0, 1, 0x67, 1, 2]).toString('base64')
    const { format } = chooseVideo(`m=video 0 RTP/AVP 96\na=rtpmap:96 h264/90000\na=fmtp:96 sprop-parameter-sets=${set},`)
    expect(readParameterSets({ codec: 'h264', format })).toEqual([Buffer.from([0x67, 1, 2])])
  })

  it.each([
    ['MPEG4-GENERIC video, PCMU audio', 'm=video 0 RTP/AVP 96\r\na=rtpmap:96 MPEG4-GENERIC/90000\r\nm=audio 0 RTP/AVP 0\r\n'],
    ['H.265 in the interleaved', 'm=video 0 RTP/AVP 96\r\na=rtpmap:96 H265/90000\r\na=fmtp:96 sprop-max-don-diff=2\r\n'],
    ['nothing', 'v=0\r\n'],
    ['interleaved packetization', 'm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=2\r\n'],
  ])('without video of a usable kind is refused, naming %s', (found, sdp) => {
    expect(() => chooseVideo(sdp)).toThrow(
      expect.objectContaining({ code: 'unsupported', message: expect.stringContaining(found) }),
    )
  })

  it('offers H.265 with its three kinds of parameter sets', () => {
    const sets = 'sprop-vps=QAEM;sprop-sps=QgEB;sprop-pps=RAHB'
    const offer = chooseVideo(`m=video 0 RTP/AVP 98\na=rtpmap:98 H265/90000\na=fmtp:98 ${sets}`)
    expect(offer.codec).toBe('h265')
    expect(readParameterSets(offer).map((set) => (set[0] ?? 0) >> 1)).toEqual([32, 33, 34])
  })

  it.each([
    ['a=framesize:26 2592-1944', { width: 2592, height: 1944 }],
    ['a=x-dimensions:2592,1944', { width: 2592, height: 1944 }],
    ['a=x-dimensions:large', undefined],
  ])('offers JPEG, and %s tells its size', (line, frameSize) => {
    expect(chooseVideo(`m=video 0 RTP/AVP 26\n${line}`)).toMatchObject({ codec: 'jpeg', frameSize })
  })

  it('with a payload type that RTP cannot have offers nothing', () => {
    const sdp = 'm=video 0 RTP/AVP 300\r\na=rtpmap:300 H264/90000\r\n'
    expect(() => chooseVideo(sdp)).toThrow(expect.objectContaining({ code: 'unsupported' }))
  })

  it('of ten thousand media is read as far as the 64th', () => {
    const audio = 'm=audio 0 RTP/AVP 8\r\n'
    const video = 'm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n'
    expect(parseSdp(audio.repeat(10_000)).media).toHaveLength(64)
    expect(chooseVideo(audio.repeat(63) + video).codec).toBe('h264')
    expect(() => chooseVideo(audio.repeat(64) + video)).toThrow(expect.objectContaining({ code: 'unsupported' }))
  })

  it.each([
    ['formats and attributes', `m=video 0 RTP/AVP ${'96 '.repeat(20_000)}\r\n${'a=x\r\n'.repeat(13_000)}`],
    ['spaces in a parameter', `m=video 0 RTP/AVP 96\r\na=fmtp:96 a=${' '.repeat(120_000)}x`],
    ['parameters of everybody', `${`m=video 0 RTP/AVP ${'96 '.repeat(32)}\r\n`.repeat(64)}a=fmtp:96 ${'a;'.repeat(50_000)}`],
  ])('takes no time by the square of its %s', (_, sdp) => {
    const began = performance.now()
    expect(parseSdp(sdp).media.length).toBeLessThanOrEqual(64)
    expect(performance.now() - began).toBeLessThan(500)
  })

  it('of garbage is empty', () => {
    expect(parseSdp('\0\xff=\r\nm=\r\na=\r\na=rtpmap:\r\nm=video\r\n').media.flatMap(({ formats }) => formats)).toEqual([])
  })
})
