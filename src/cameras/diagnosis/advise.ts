import type { CameraConfig } from '../../config/config.ts'
import { isLoopback } from '../../config/loopback.ts'
import type { CameraFindings } from './camera-findings.ts'
import { formatSpan } from './format-span.ts'

/** What to change, in plain words, the most important first. Empty: the camera is set as it should be. */
export function advise(findings: CameraFindings, { source }: CameraConfig): string[] {
  const isInNetwork = 'url' in source && !isLoopback(source.url.host)
  return [
    ...adviceOnFailure(findings, source.kind),
    ...adviceOnGop(findings),
    ...adviceOnRate(findings),
    ...adviceOnLoss(findings),
    ...adviceOnClock(findings),
    ...(findings.login === 'not-asked-for' && isInNetwork
      ? ['The camera asks nobody for a password: whoever reaches it can watch it. Set one in the camera.']
      : []),
  ]
}

function adviceOnFailure({ error }: CameraFindings, kind: CameraConfig['source']['kind']): string[] {
  switch (error?.code) {
    case 'auth_failed':
      return ['Many cameras lock an account after a few wrong passwords: wait some minutes before you try another one.']
    case 'stream_not_found':
      if (kind !== 'rtsp') return []
      return [
        'Usual paths: Amcrest and Dahua /cam/realmonitor?channel=1&subtype=1, Hikvision /Streaming/Channels/102, Reolink /h264Preview_01_sub.',
      ]
    case 'busy':
      return ['Let one program hold the camera and the others watch it through this gateway.']
    default:
      return []
  }
}

/** Seconds between keyframes beyond which a newcomer waits noticeably. */
const LONG_GOP_SECONDS = 2.05

function adviceOnGop({ gop, fps, nominalFps }: CameraFindings): string[] {
  if (!gop || gop.seconds === null || gop.seconds <= LONG_GOP_SECONDS) return []
  const rate = Math.round(nominalFps ?? fps ?? 0)
  const length = `${gop.isWhole ? '' : 'more than '}${gop.pictures} pictures (${formatSpan(gop.seconds)})`
  return [
    `A keyframe comes only every ${length}: set the I-frame interval (also called GOP) in the camera to ${rate}–${2 * rate}, that is 1–2 s, ` +
      'and switch off smart codecs such as H.264+. Pictures start late without that.',
  ]
}

function adviceOnRate({ codec, fps, nominalFps, givesPictures }: CameraFindings): string[] {
  if (!givesPictures || fps === null || (codec === 'jpeg' && nominalFps === null)) return []
  if (nominalFps === null)
    return [
      'The stream does not say how many pictures a second it has: set a fixed frame rate in the camera where that is possible.',
    ]
  if (fps >= nominalFps * 0.7) return []
  return [
    `The camera promises ${nominalFps} pictures a second and sends ${fps}: in the dark many expose longer (set a shortest shutter speed), ` +
      'and a weak network or an overloaded camera slows it too.',
  ]
}

function adviceOnLoss({ packetsLost }: CameraFindings): string[] {
  if (packetsLost === 0) return []
  return [`${packetsLost} packets were lost on the way out of the camera: lower its bitrate, or use its sub stream.`]
}

const CLOCK_TOLERANCE_MS = 10_000

function adviceOnClock({ clockOffsetMs }: CameraFindings): string[] {
  if (clockOffsetMs === null || Math.abs(clockOffsetMs) <= CLOCK_TOLERANCE_MS) return []
  const direction = clockOffsetMs < 0 ? 'behind' : 'ahead of'
  return [
    `The camera's clock is ${formatSpan(Math.abs(clockOffsetMs) / 1000)} ${direction} this machine's: set its time, or an NTP server, in the camera. ` +
      'Its own recordings and the time in its picture are wrong; pictures served here are dated by this machine.',
  ]
}
