import { createAuthenticators, isStale, parseChallenges } from '../../../src/lib/authentication.ts'
import { Secret } from '../../../src/lib/secret.ts'
import { findAll, parseXml, textAt } from '../../../src/onvif/xml.ts'
import { chooseAudio } from '../../../src/rtsp/audio-offer.ts'
import { resolveBase, resolveControl } from '../../../src/rtsp/control-url.ts'
import { parseHttpHead } from '../../../src/rtsp/http-head.ts'
import { parseInterleaved, parsePublic, parseServerPorts, parseSession } from '../../../src/rtsp/rtsp-headers.ts'
import { headerOf } from '../../../src/rtsp/rtsp-message.ts'
import { RtspReader } from '../../../src/rtsp/rtsp-reader.ts'
import { parseSdp } from '../../../src/rtsp/sdp.ts'
import { chooseVideo, readParameterSets } from '../../../src/rtsp/video-offer.ts'
import { TrackFollower } from '../../../src/sources/track-follower.ts'
import { SILENT_LOG } from '../../../src/telemetry/log.ts'
import { type FuzzTarget, insist } from '../fuzz-target.ts'
import { pieces } from '../pieces.ts'
import { CHALLENGES, CONVERSATIONS, DESCRIPTIONS, ENVELOPES } from '../text-corpus.ts'

const CREDENTIALS = { user: 'admin', password: new Secret('secret') }

/** What cameras say in words. */
export const TEXT_TARGETS: readonly FuzzTarget[] = [
  {
    name: 'rtsp',
    corpus: CONVERSATIONS,
    shape: 'bytes',
    words: [
      'RTSP/1.0 200 OK\r\n',
      '\r\n\r\n',
      '$',
      'CSeq: ',
      'Content-Length: ',
      'RTSP/',
      'OPTIONS ',
      Buffer.of(0x24, 0, 0, 4),
      ' ',
      '\r',
      '\n',
    ],
    limit: 160 * 1024,
    run(input, endTurn) {
      const reader = new RtspReader({
        frame: (channel, payload) => insist(channel < 256 && payload.length < 65_536, 'a packet that cannot be'),
        message(message) {
          insist(message.body.length <= 128 * 1024, `a body of ${message.body.length} bytes`)
          insist([...message.headers.values()].flat().length <= 255, 'more than 255 header fields')
          const { headers } = message
          parseSession(headerOf(headers, 'session'))
          parseServerPorts(headerOf(headers, 'transport'))
          parseInterleaved(headerOf(headers, 'transport'), { rtp: 0, rtcp: 1 })
          parsePublic(headers.get('public'))
          const base = resolveBase('rtsp://10.0.0.5/live?channel=1', headerOf(headers, 'content-base'))
          resolveControl(base, headerOf(headers, 'content-location'))
          answer(headers.get('www-authenticate') ?? [])
        },
      })
      for (const piece of pieces(input, 65_536)) {
        reader.push(piece)
        endTurn()
      }
    },
  },
  {
    name: 'sdp',
    corpus: DESCRIPTIONS,
    shape: 'bytes',
    words: [
      'm=video 0 RTP/AVP 96\r\n',
      'a=rtpmap:96 H264/90000\r\n',
      'a=fmtp:96 ',
      'a=control:',
      'a=',
      ';',
      '=',
      ' ',
      '\r\n',
      ',',
      ':',
      '96 ',
    ],
    limit: 128 * 1024,
    run(input) {
      const text = input.toString('utf8')
      const description = parseSdp(text)
      const { media } = description
      const audio = chooseAudio(description)
      insist(!audio || (audio.track.channels < 10 && audio.track.sampleRate > 0), 'audio that cannot be')
      insist(media.length <= 64, `${media.length} media`)
      const offer = chooseVideo(text)
      insist(offer.format.payloadType < 128, `payload type ${offer.format.payloadType}`)
      insist(offer.format.clockRate > 0, 'a clock that stands still')
      insist(readParameterSets(offer).length <= 64, 'too many parameter sets')
      new TrackFollower(offer, () => undefined, SILENT_LOG)
    },
  },
  {
    name: 'login',
    corpus: CHALLENGES,
    shape: 'bytes',
    words: ['Digest ', 'Basic ', 'realm="', 'nonce=', 'qop="auth"', 'algorithm=SHA-256', '"', ',', '=', ' ', '\\'],
    limit: 16 * 1024,
    run: (input) => answer(input.toString('utf8').split('\n')),
  },
  {
    name: 'http-head',
    corpus: [
      Buffer.from(
        'HTTP/1.0 200 OK\r\nContent-Type: application/x-rtsp-tunnelled\r\nCache-Control: no-store\r\n\r\nRTSP/1.0 200 OK\r\n\r\n',
      ),
    ],
    shape: 'bytes',
    words: ['HTTP/1.1 401 ', 'HTTP/', '\r\n\r\n', '\r\n', ': ', 'WWW-Authenticate: Basic realm="x"\r\n', ' '],
    limit: 16 * 1024,
    run(input) {
      const head = parseHttpHead(input)
      if (head === 'none' || head === 'unfinished') return
      insist(head.status >= 0 && head.status < 1000 && head.rest.length < input.length, 'an answer that cannot be')
      answer(head.headers.get('www-authenticate') ?? [])
    },
  },
  {
    name: 'xml',
    corpus: ENVELOPES,
    shape: 'bytes',
    words: [
      '<a>',
      '</a>',
      '<a/>',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?',
      '<!DOCTYPE a>',
      '&#x41;',
      '&amp;',
      'a="b"',
      '"',
      "'",
      ' ',
    ],
    limit: 1024 * 1024,
    run(input) {
      const document = parseXml(input.toString('utf8').trim())
      findAll(document, 'Profiles')
      textAt(document, 'Body', 'MediaUri', 'Uri')
    },
  },
]

/** Logs in as a session does. */
function answer(fields: readonly string[]): void {
  const challenges = parseChallenges(fields)
  isStale(challenges)
  for (const authenticator of createAuthenticators(challenges, CREDENTIALS)) {
    const value = authenticator.authorize('DESCRIBE', 'rtsp://10.0.0.5/live')
    insist(!value.includes('secret'), 'a password in a digest')
  }
}
