import type { Clip } from './clip.ts'
import { isParameterSet } from './packetizer.ts'
import { AUDIO_TYPE, VIDEO_TYPE } from './visit.ts'

/** What a fake camera's session description tells, and how. */
export interface DescriptionStyle {
  readonly parameterSets?: 'both' | 'sdp' | 'in-band'
  /** The clip whose parameter sets are told; the one that is played unless given. */
  readonly describedClip?: Clip
  /** There is an audio track (PCMA). */
  readonly audio?: boolean
  /** Changes the session description before it is sent. */
  readonly editSdp?: (sdp: string) => string
}

/** The session description of a fake camera (RFC 8866). */
export function describeClip(
  clip: Clip,
  fps: number,
  { parameterSets, audio, editSdp, describedClip = clip }: DescriptionStyle,
): string {
  const sdp = [
    ...['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=fake camera', 'c=IN IP4 0.0.0.0', 't=0 0', 'a=control:*'],
    ...[`m=video 0 RTP/AVP ${VIDEO_TYPE}`, `a=rtpmap:${VIDEO_TYPE} ${clip.codec.toUpperCase()}/90000`, `a=framerate:${fps}`],
    ...formatOf(describedClip, parameterSets !== 'in-band'),
    'a=control:trackID=0',
    ...(audio ? [`m=audio 0 RTP/AVP ${AUDIO_TYPE}`, `a=rtpmap:${AUDIO_TYPE} PCMA/8000/1`, 'a=control:trackID=1'] : []),
    '',
  ].join('\r\n')
  return editSdp ? editSdp(sdp) : sdp
}

/** The `fmtp` line, where the codec has one. */
function formatOf({ codec, units }: Clip, hasSets: boolean): string[] {
  const [first = []] = units
  const text = (nals: readonly Buffer[]) => nals.map((nal) => nal.toString('base64')).join(',')
  if (codec === 'jpeg') return []
  if (codec === 'h264') {
    const sprop = hasSets ? `;sprop-parameter-sets=${text(first.filter(isParameterSet))}` : ''
    return [`a=fmtp:${VIDEO_TYPE} packetization-mode=1${sprop}`]
  }
  const [vps = [], sps = [], pps = []] = [32, 33, 34].map((type) => first.filter((nal) => nal.readUInt8(0) >> 1 === type))
  return hasSets ? [`a=fmtp:${VIDEO_TYPE} sprop-vps=${text(vps)};sprop-sps=${text(sps)};sprop-pps=${text(pps)}`] : []
}
