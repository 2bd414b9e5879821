import { describe, expect, it } from 'vitest'
import { chooseAudio } from './audio-offer.ts'
import { parseSdp } from './sdp.ts'

const VIDEO = 'm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1\r\n'
const AAC = 'mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3'

function offerOf(...lines: string[]) {
  return chooseAudio(parseSdp(VIDEO + lines.map((line) => `${line}\r\n`).join('')))
}

describe('the audio that a camera offers', () => {
  it.each<[string, string[], object]>([
    ['PCMU by its static type', ['m=audio 0 RTP/AVP 0'], { codec: 'pcmu', sampleRate: 8000, channels: 1 }],
    [
      'PCMA at another rate',
      ['m=audio 0 RTP/AVP 97', 'a=rtpmap:97 PCMA/16000/2'],
      { codec: 'pcma', sampleRate: 16_000, channels: 2 },
    ],
    ['Opus', ['m=audio 0 RTP/AVP 97', 'a=rtpmap:97 opus/48000/2'], { codec: 'opus', sampleRate: 48_000, channels: 2 }],
    [
      'G.726',
      ['m=audio 0 RTP/AVP 97', 'a=rtpmap:97 G726-24/8000'],
      { codec: 'g726', sampleRate: 8000, channels: 1, bitsPerSample: 3 },
    ],
    ['G.726 by its static type', ['m=audio 0 RTP/AVP 2'], { codec: 'g726', sampleRate: 8000, channels: 1, bitsPerSample: 4 }],
    [
      'AAC, by its configuration',
      ['m=audio 0 RTP/AVP 97', 'a=rtpmap:97 MPEG4-GENERIC/16000', `a=fmtp:97 ${AAC};config=1410`],
      { codec: 'aac', sampleRate: 16_000, channels: 2, config: Buffer.from([0x14, 0x10]) },
    ],
    [
      'AAC at a rate of its own',
      ['m=audio 0 RTP/AVP 97', 'a=rtpmap:97 mpeg4-generic/12345/1', `a=fmtp:97 ${AAC};config=178018${'1c88'}`],
      { codec: 'aac', sampleRate: 12_345, channels: 1 },
    ],
    ['the one that is known', ['m=audio 0 RTP/AVP 9 8'], { codec: 'pcma' }],
  ])('is read: %s', (_, lines, track) => {
    expect(offerOf(...lines)?.track).toMatchObject(track)
  })

  it.each([
    ['where there is none', []],
    ['of a codec that nobody knows', ['m=audio 0 RTP/AVP 9']],
    ['that the camera wants to hear', ['m=audio 0 RTP/AVP 0', 'a=sendonly']],
    ['AAC without a configuration', ['m=audio 0 RTP/AVP 97', 'a=rtpmap:97 MPEG4-GENERIC/16000', `a=fmtp:97 ${AAC}`]],
    ['MPEG-4 that is no AAC', ['m=audio 0 RTP/AVP 97', 'a=rtpmap:97 MPEG4-GENERIC/8000', 'a=fmtp:97 mode=CELP-cbr;config=1410']],
  ])('is nothing %s', (_, lines) => {
    expect(offerOf(...lines)).toBeUndefined()
  })

  it('comes with its own control address, past what the camera wants to hear', () => {
    const offer = offerOf('m=audio 0 RTP/AVP 0', 'a=sendonly', 'a=control:track2', 'm=audio 0 RTP/AVP 8', 'a=control:track3')
    expect(offer).toMatchObject({ control: 'track3', track: { codec: 'pcma' } })
  })
})
