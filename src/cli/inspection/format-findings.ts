import type { DiagnosisStep } from '../../api/diagnosis.ts'
import type { CameraFindings } from '../../cameras/diagnosis/camera-findings.ts'
import { formatSpan } from '../../cameras/diagnosis/format-span.ts'

/** What a person reads of one camera: a line that says yes or no, then what was found, then what to change. */
export function formatFindings(
  title: string,
  findings: CameraFindings,
  advice: readonly string[],
  steps: readonly DiagnosisStep[],
): string {
  const { givesPictures, error } = findings
  return [
    `${givesPictures ? 'ok  ' : 'FAIL'}  ${title}`,
    ...(error ? [`      ${error.message}`] : []),
    ...(givesPictures ? [] : steps.map(stepLine)),
    ...row('way', way(findings)),
    ...row('video', video(findings)),
    ...row('audio', offers(findings)),
    ...row('clock', clock(findings)),
    ...advice.map((sentence) => `      -> ${sentence}`),
    '',
  ].join('\n')
}

/** Where no picture came: how far the way leads, and what to do at its end. */
function stepLine({ step, ok, ms, message, advice }: DiagnosisStep): string {
  const took = ms === null ? '' : ` (${ms} ms)`
  return `      ${ok ? '+' : 'x'} ${step.padEnd(10)} ${message}${took}${advice === null ? '' : `\n      -> ${advice}`}`
}

function row(label: string, parts: readonly string[]): string[] {
  return parts.length === 0 ? [] : [`      ${label.padEnd(6)} ${parts.join(', ')}`]
}

function way({ connectMs, login, firstPictureMs }: CameraFindings): string[] {
  return [
    ...(connectMs === null ? [] : [`connected in ${connectMs} ms`]),
    ...(login === null ? [] : [LOGIN[login]]),
    ...(firstPictureMs === null ? [] : [`first picture after ${Math.round(firstPictureMs)} ms`]),
  ]
}

const LOGIN = { accepted: 'login accepted', refused: 'login refused', 'not-asked-for': 'no login asked for' } as const

function video({ codec, width, height, fps, nominalFps, gop, bitsPerSecond, packetsLost }: CameraFindings): string[] {
  if (codec === null) return []
  const promise = nominalFps === null ? '' : ` (promises ${nominalFps})`
  return [
    `${CODECS[codec] ?? codec}${width === null ? '' : ` ${width}x${height}`}`,
    ...(fps === null ? [] : [`${fps} pictures/s${promise}`]),
    ...(gop === null || codec === 'jpeg' // every JPEG is one
      ? []
      : [`keyframe every ${gop.isWhole ? '' : 'more than '}${gop.pictures} pictures${inSeconds(gop.seconds)}`]),
    ...(bitsPerSecond === null ? [] : [bitrate(bitsPerSecond)]),
    ...(packetsLost === 0 ? [] : [`${packetsLost} packets lost`]),
  ]
}

const CODECS: Readonly<Record<string, string>> = { h264: 'H.264', h265: 'H.265', jpeg: 'JPEG' }

function inSeconds(seconds: number | null): string {
  return seconds === null ? '' : ` (${formatSpan(seconds)})`
}

function bitrate(bitsPerSecond: number): string {
  return bitsPerSecond < 1e6 ? `${Math.round(bitsPerSecond / 1000)} kbit/s` : `${(bitsPerSecond / 1e6).toFixed(1)} Mbit/s`
}

function offers({ offers }: CameraFindings): string[] {
  return offers.filter(({ kind }) => kind === 'audio').map(({ codec, clockRate }) => `${codec} at ${clockRate / 1000} kHz`)
}

function clock({ clockOffsetMs }: CameraFindings): string[] {
  if (clockOffsetMs === null) return []
  if (Math.abs(clockOffsetMs) < 1000) return ['as this machine’s']
  return [`${formatSpan(Math.abs(clockOffsetMs) / 1000)} ${clockOffsetMs < 0 ? 'behind' : 'ahead'}`]
}
