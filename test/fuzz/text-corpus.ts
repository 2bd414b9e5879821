import { H264_CLIPS } from './corpus.ts'

const [SPS = Buffer.alloc(0), PPS = Buffer.alloc(0)] = (H264_CLIPS[0]?.[0] ?? []).filter((nal) =>
  [7, 8].includes((nal[0] ?? 0) & 31),
)

const H264_DESCRIPTION = lines(
  ...['v=0', 'o=- 1 1 IN IP4 10.0.0.5', 's=camera', 's=again', 'c=IN IP4 0.0.0.0', 't=0 0', 'a=control:*', 'a=range:npt=0-'],
  ...['m=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000', 'a=framerate:25.000000', 'a=control:trackID=0'],
  `a=fmtp:96 packetization-mode=1;profile-level-id=42C016;sprop-parameter-sets=${SPS.toString('base64')},${PPS.toString('base64')}`,
  ...['m=audio 0 RTP/AVP 97', 'a=rtpmap:97 MPEG4-GENERIC/16000/1', 'a=control:trackID=1'],
  'a=fmtp:97 streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1408',
)

/** Session descriptions of cameras. */
export const DESCRIPTIONS: readonly Buffer[] = [
  H264_DESCRIPTION,
  lines(
    ...['v=0', 'm=video 0 RTP/AVP 98', 'a=rtpmap:98 H265/90000', 'a=control:rtsp://10.0.0.5/live/track1'],
    'a=fmtp:98 sprop-vps=QAEMAf//AWAAAAMAkAAAAwAAAwAeugJA;sprop-sps=QgEBAWAAAAMAkAAAAwAAAwAeoAoIBweWu6STLP/gA;sprop-pps=RAHAc8GJ',
    ...['m=audio 0 RTP/AVP 8 0', 'a=control:track2', 'm=application 0 RTP/AVP 107', 'a=rtpmap:107 vnd.onvif.metadata/90000'],
  ),
  lines('v=0', 'm=video 0 RTP/AVP 26', 'a=framesize:26 2592-1944', 'a=x-dimensions:2592,1944', 'a=framerate:12.5', 'a=control:'),
]

/** What a camera says from OPTIONS to the first packets. */
export const CONVERSATIONS: readonly Buffer[] = [
  Buffer.concat([
    lines('RTSP/1.0 200 OK', 'CSeq: 1', 'Public: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN', ''),
    lines('RTSP/1.0 401 Unauthorized', 'CSeq: 2', 'WWW-Authenticate: Digest realm="camera", nonce="abc", stale=FALSE', ''),
    lines('RTSP/1.0 200 OK', 'CSeq: 3', 'Content-Base: rtsp://10.0.0.5/live/', `Content-Length: ${H264_DESCRIPTION.length}`, ''),
    H264_DESCRIPTION,
    lines(
      'RTSP/1.0 200 OK',
      'CSeq: 4',
      'Session: 12345678;timeout=60',
      'Transport: RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=1',
      '',
    ),
    lines('RTSP/1.0 200 OK', 'CSeq: 5', 'RTP-Info: url=rtsp://10.0.0.5/live/trackID=0;seq=1;rtptime=0', ''),
    ...[0, 1, 0].map((channel) => Buffer.from([0x24, channel, 0, 14, 0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0x65, 0x88])),
  ]),
  Buffer.concat([
    lines('RTSP/1.0 200 OK', 'Cseq: 1', 'Transport: RTP/AVP;unicast;client_port=5000-5001;server_port=6000-6001', ''),
    lines('OPTIONS rtsp://10.0.0.5/ RTSP/1.0', 'CSeq: 9', ''),
    Buffer.from('RTSP/1.0 200 OK\nCSeq: 2\n\n'),
  ]),
]

/** `WWW-Authenticate` fields. */
export const CHALLENGES: readonly Buffer[] = [
  'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv", opaque="FQhe/q"',
  'Basic realm="a, b"\nDigest realm="IP Camera(12345)", nonce="4d6a41", stale="TRUE"',
  'DIGEST realm=camera nonce=abc, algorithm=MD5-sess qop=auth, Basic realm="x", NTLM',
].map((text) => Buffer.from(text))

/** Answers of ONVIF services. */
export const ENVELOPES: readonly Buffer[] = [
  '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><trt:GetProfilesResponse ' +
    'xmlns:trt="m"><trt:Profiles token="p1" fixed=\'true\'><tt:Name xmlns:tt="t">main &amp; more &#65;</tt:Name><!-- x --></trt:Profiles>' +
    '</trt:GetProfilesResponse></s:Body></s:Envelope>',
  '<Envelope><Body><GetStreamUriResponse><MediaUri><Uri><![CDATA[rtsp://10.0.0.5/live?a=1&b=2]]></Uri><Timeout/></MediaUri>' +
    '</GetStreamUriResponse></Body></Envelope>',
  '<E><Body><Fault><Code><Value>s:Sender</Value><Subcode><Value>ter:NotAuthorized</Value></Subcode></Code></Fault></Body></E>',
].map((text) => Buffer.from(text))

function lines(...text: readonly string[]): Buffer {
  return Buffer.from(`${text.join('\r\n')}\r\n`)
}
