import type { NetworkFaults } from './bad-network.ts'
import type { FakeCameraSettings } from './fake-camera.ts'
import type { Fault } from './faults.ts'

/** One way in which cameras differ from the textbook, or fail. */
export interface RtspMode {
  /** What the camera does, in a few words. */
  readonly does: string
  readonly settings?: Partial<FakeCameraSettings>
  /** Begins when the camera has been watched for a while. */
  readonly fault?: Fault
  /** What becomes of its packets on their way by UDP. */
  readonly network?: NetworkFaults
  /** The code of the error with which it is given up at once; cameras of all other modes are shown, as far as they send pictures. */
  readonly refusedAs?: 'protocol_error' | 'unsupported'
}

const LOGIN = { credentials: { user: 'admin', password: 'secret' } } as const
const BY_UDP = { refusesTcp: 1 } as const

/** What a fake RTSP camera can be told to do, by name and subject. Modes of different subjects go together. */
export const RTSP_MODES = {
  requests: {
    'exact-cseq': { does: 'wants `CSeq` spelled as it is', settings: { needsExactCseq: true } },
    'needs-user-agent': { does: 'answers 401 to clients without a `User-Agent`', settings: { needsUserAgent: true } },
    'previous-cseq': { does: 'answers with the number of the request before', settings: { cseq: 'previous' } },
    'no-cseq': { does: 'answers without a number', settings: { cseq: 'none' } },
    'lower-case-cseq': { does: 'writes `cseq`', settings: { cseq: 'lower-case' } },
    'no-options': { does: 'does not know OPTIONS', settings: { answers: { OPTIONS: 501 } } },
    'no-get-parameter': {
      does: 'does not offer GET_PARAMETER',
      settings: { methods: 'OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN' },
    },
    'refuses-get-parameter': { does: 'offers GET_PARAMETER and refuses it', settings: { answers: { GET_PARAMETER: 454 } } },
    'set-parameter-only': {
      does: 'takes no sign of life but SET_PARAMETER',
      settings: { answers: { GET_PARAMETER: 405, OPTIONS: 400 } },
    },
    'mute-get-parameter': { does: 'never answers GET_PARAMETER', settings: { mute: ['GET_PARAMETER'] } },
    'mute-teardown': { does: 'never answers TEARDOWN', settings: { mute: ['TEARDOWN'] } },
    'base-path': { does: 'has a `Content-Base` that is only a path', settings: { contentBase: '/live/', path: '/live' } },
    'base-without-slash': {
      does: 'has a `Content-Base` without its last slash',
      settings: { contentBase: '/live', path: '/live' },
    },
    'no-base': { does: 'has no `Content-Base`', settings: { contentBase: '' } },
    'query-path': {
      does: 'wants the query before the track, as Amcrest does',
      settings: { path: '/cam/realmonitor?channel=1&subtype=0' },
    },
    'redirect-loop': { does: 'refers to itself for ever', settings: { redirectTo: '/again' }, refusedAs: 'unsupported' },
    'redirect-away': {
      does: 'refers to what is no RTSP address',
      settings: { redirectTo: 'file:///etc/passwd' },
      refusedAs: 'unsupported',
    },
  },
  logins: {
    basic: { does: 'wants Basic', settings: { ...LOGIN, auth: 'basic' } },
    digest: { does: 'wants Digest as RFC 2069 has it', settings: { ...LOGIN, auth: 'digest' } },
    qop: { does: 'wants Digest with counted requests', settings: { ...LOGIN, auth: 'digest', qop: true } },
    sha256: { does: 'wants Digest with SHA-256', settings: { ...LOGIN, auth: 'digest', qop: true, algorithm: 'SHA-256' } },
    'several-logins': {
      does: 'offers Basic, Bearer and three kinds of Digest, of which MD5 works',
      settings: { ...LOGIN, auth: 'several', qop: true, algorithm: 'MD5' },
    },
    'stale-nonce': { does: 'has a new nonce for every request', settings: { ...LOGIN, nonceUses: 1 } },
    'hidden-stale': {
      does: 'has a new nonce for every request and does not say that the old one is stale',
      settings: { ...LOGIN, nonceUses: 1, hidesStale: true },
    },
  },
  sessions: {
    'one-session': { does: 'has one session', settings: { sessionLimit: { max: 1 } } },
    'lingering-session': {
      does: 'has one session, and keeps it for a minute when nobody ends it',
      settings: { sessionLimit: { max: 1, lingerMs: 60_000 } },
    },
    'full-as-401': {
      does: 'has one session, keeps it too, and says 401 when it is taken, as Dahua does',
      settings: { ...LOGIN, sessionLimit: { max: 1, lingerMs: 60_000, refusal: { method: 'DESCRIBE', status: 401 } } },
    },
    'short-session': {
      does: 'ends sessions of which it hears nothing for 6 s',
      settings: { sessionTimeout: 6, enforcesTimeout: true },
    },
  },
  transports: {
    'udp-only': { does: 'sends by UDP only', settings: { transports: ['udp'] } },
    'tcp-only': { does: 'sends inside the connection only', settings: { transports: ['tcp'] } },
    'tcp-later': { does: 'refuses TCP the first time', settings: BY_UDP },
    'insists-on-udp': { does: 'answers a question for TCP with UDP ports', settings: { insistsOnUdp: true } },
    'other-channels': { does: 'uses other channels than asked for', settings: { channel: 250 } },
    'wrong-channels': { does: 'names other channels than it uses', settings: { channel: 8, sendsOn: 0 } },
    'no-channels': { does: 'names no channels', settings: { transportHeader: 'RTP/AVP/TCP;unicast' } },
    'no-transport': { does: 'names no transport', settings: { transportHeader: '' } },
    'impossible-channels': {
      does: 'names channels 1000 and 1001',
      settings: { transportHeader: 'RTP/AVP/TCP;unicast;interleaved=1000-1001' },
      refusedAs: 'protocol_error',
    },
    'one-request-per-post': {
      does: 'inside HTTP, wants a new POST for each request',
      settings: { tunnel: { requestsPerPost: 1 } },
    },
  },
  descriptions: {
    'two-names': { does: 'has two `s=` lines', settings: { editSdp: (sdp) => sdp.replace('s=fake', 's=one\r\ns=fake') } },
    'bare-line-feeds': {
      does: 'ends lines with a line feed alone',
      settings: { editSdp: (sdp) => sdp.replaceAll('\r\n', '\n') },
    },
    'broken-connection-line': {
      does: 'has a broken `c=` line',
      settings: { editSdp: (sdp) => sdp.replace('c=IN IP4 0.0.0.0', 'c=IN') },
    },
    'whole-control': {
      does: 'has a whole address as control attribute, of a host that nobody reaches',
      settings: { editSdp: (sdp) => sdp.replace('trackID=0', 'rtsp://u:p@10.0.0.9/live/trackID=0') },
    },
    'no-control': { does: 'has no control attributes', settings: { editSdp: (sdp) => sdp.replaceAll(/a=control.*\r\n/g, '') } },
    'application-first': {
      does: 'describes events before the video',
      settings: { editSdp: (sdp) => sdp.replace('m=video', 'm=application 0 RTP/AVP 107\r\na=control:trackID=9\r\nm=video') },
    },
    'no-video': {
      does: 'describes no video',
      settings: { editSdp: (sdp) => sdp.replace('m=video', 'm=text') },
      refusedAs: 'unsupported',
    },
    'unknown-codec': { does: 'has VP8', settings: { editSdp: (sdp) => sdp.replace('H264/', 'VP8/') }, refusedAs: 'unsupported' },
    'payload-type-300': {
      does: 'numbers its format 300',
      settings: { editSdp: (sdp) => sdp.replaceAll('96', '300') },
      refusedAs: 'unsupported',
    },
    'many-media': {
      does: 'describes 10,000 media',
      settings: { editSdp: () => 'm=a 0 b 1\r\n'.repeat(10_000) },
      refusedAs: 'unsupported',
    },
    'huge-description': {
      does: 'sends a description of 1 MB',
      settings: { editSdp: (sdp) => sdp + 'a=x\r\n'.repeat(200_000) },
      refusedAs: 'protocol_error',
    },
  },
  'parameter-sets': {
    'sets-in-description': { does: 'has SPS and PPS in its description only', settings: { parameterSets: 'sdp' } },
    'sets-in-band': { does: 'has SPS and PPS in the video only', settings: { parameterSets: 'in-band' } },
    'no-format-parameters': {
      does: 'has no `fmtp` line',
      settings: { editSdp: (sdp) => sdp.replace(/a=fmtp.*\r\n/, '') },
    },
    'wrong-sets': {
      does: 'has nonsense in `sprop-parameter-sets`',
      settings: { editSdp: (sdp) => sdp.replace(/sprop-parameter-sets=.*/, 'sprop-parameter-sets=AAAA,!!!,=') },
    },
    'misplaced-sets': {
      does: 'has the `fmtp` line of its video under its audio, and SPS and PPS nowhere else',
      settings: {
        audio: true,
        parameterSets: 'sdp',
        editSdp: (sdp) => sdp.replace(/a=fmtp.*\r\n/, '') + (/a=fmtp.*\r\n/.exec(sdp)?.[0] ?? ''),
      },
    },
    'aggregated-sets': { does: 'sends SPS and PPS in one packet', settings: { aggregate: true } },
  },
  pictures: {
    'marked-nals': { does: 'sets the marker on every NAL unit', settings: { markers: 'every-nal' } },
    'marked-slices': { does: 'sets the marker on every slice', settings: { markers: 'every-slice' } },
    'no-marker': { does: 'never sets the marker', settings: { markers: 'never' } },
    delimiters: { does: 'begins pictures with an access unit delimiter, as Amcrest does', settings: { delimiters: true } },
    'small-packets': { does: 'sends packets of 100 bytes', settings: { payloadBytes: 100 } },
  },
  timestamps: {
    'jump-ahead': { does: 'is an hour ahead every two seconds', settings: { timestamps: 'jump-ahead' } },
    'jump-back': { does: 'is an hour back every two seconds', settings: { timestamps: 'jump-back' } },
    restart: { does: 'counts from 0 again every two seconds', settings: { timestamps: 'restart' } },
    wrap: { does: 'passes 2³² after a second', settings: { timestamps: 'wrap' } },
    still: { does: 'gives all pictures the same time', settings: { timestamps: 'still' } },
  },
  audio: {
    audio: { does: 'has audio too (PCMA)', settings: { audio: true } },
    'refuses-audio': { does: 'describes audio and refuses it', settings: { audio: true, audioSetup: 461 } },
    'hangs-up-on-audio': {
      does: 'ends the connection when it is asked for its audio',
      settings: { audio: true, audioSetup: 'hang-up' },
    },
  },
  faults: {
    stall: { does: 'answers, and sends nothing else', settings: { audio: true }, fault: 'stall' },
    'video-dead': { does: 'goes on with audio and RTCP, without a picture', settings: { audio: true }, fault: 'video-dead' },
    trickle: { does: 'sends a byte a second', fault: 'trickle' },
    deaf: { does: 'keeps its connections open, sends nothing and answers nothing, as when a cable is pulled', fault: 'deaf' },
    garbage: { does: 'sends a kilobyte of nonsense between packets, now and then', fault: 'garbage' },
    'cut-packets': { does: 'sends packets that are shorter than they say, now and then', fault: 'cut-packets' },
  },
  network: {
    loss: { does: 'loses one packet in a hundred, by UDP', settings: BY_UDP, network: { loss: 0.01 } },
    reorder: { does: 'swaps one packet in five with the next, by UDP', settings: BY_UDP, network: { reorder: 0.2 } },
    duplicate: { does: 'sends one packet in ten twice, by UDP', settings: BY_UDP, network: { duplicate: 0.1 } },
    'no-udp': { does: 'lets nothing through by UDP', settings: BY_UDP, network: { loss: 1 } },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, RtspMode>>>>

/** All of them by name, whatever their subject. */
export function rtspModes(): ReadonlyMap<string, RtspMode> {
  return new Map(Object.values(RTSP_MODES).flatMap((modes) => Object.entries<RtspMode>(modes)))
}
