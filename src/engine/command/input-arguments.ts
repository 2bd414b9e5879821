import { AtalayaError } from '../../api/errors.ts'
import type { VideoCodec } from '../../media/packet.ts'
import type { InputRequest } from '../engine.ts'
import { framed, jpegEncoder } from './decode-arguments.ts'

/** How the video of an input is taken: copied as the codec that it is, or made into JPEGs. */
export type InputMode = VideoCodec | 'transcode'

/** JPEG quality of what a camera or a file gives in another coding; it may be coded a second time for smaller renditions. */
const CAPTURE_QUALITY = 92

/** How ffmpeg is told to read an input and to write its video to descriptor 3; {@link inputScript} is its standard input. */
export function inputArguments(request: InputRequest, options: Readonly<Record<string, string>>, mode: InputMode): string[] {
  return [
    ...['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'repeat+level+info'],
    ...source(request, options),
    ...['-map', '0:v:0', ...video(request, mode)],
    ...framed(FORMATS[mode], 3),
  ]
}

/**
 * What ffmpeg reads from its standard input where it is told to play what is listed there (ffmpeg-formats, "concat"): the address
 * of a stream, for the command line of a process is everybody's to read, and there may be a password in it; a file again and
 * again.
 * @throws {AtalayaError} `bad_source` where the address has more than one line.
 */
export function inputScript({ kind, address }: InputRequest, options: Readonly<Record<string, string>>): string | undefined {
  if (kind === 'device') return undefined
  if (/[\r\n]/.test(address)) throw new AtalayaError('bad_source', 'The ffmpeg command takes no address with a line break.')
  const settings = Object.entries(options).map(([name, value]) => `option ${name} ${quote(value)}\n`)
  const entry = `file ${quote(kind === 'file' ? `file:${address}` : address)}\n${settings.join('')}`
  return `ffconcat version 1.0\n${entry.repeat(kind === 'file' ? MAX_ROUNDS : 1)}`
}

/** After so many rounds of a file another command takes over. */
const MAX_ROUNDS = 1000

function source({ kind, address }: InputRequest, options: Readonly<Record<string, string>>): string[] {
  const settings = Object.entries(options).flatMap(([name, value]) => [`-${name}`, value])
  if (kind === 'device') return ['-f', 'v4l2', ...settings, '-i', address]
  const [pace, protocols] = kind === 'file' ? [['-re'], 'pipe,file'] : [[], NETWORK_PROTOCOLS]
  return [...pace, '-f', 'concat', '-safe', '0', '-protocol_whitelist', protocols, '-i', 'pipe:0']
}

function video({ kind }: InputRequest, mode: InputMode): string[] {
  if (mode === 'jpeg') return ['-c:v', 'copy']
  if (mode !== 'transcode')
    return ['-c:v', 'copy', '-bsf:v', `${mode === 'h265' ? 'hevc' : 'h264'}_mp4toannexb,dump_extra=freq=keyframe`]
  return toJpeg(kind)
}

/** Whatever it is as JPEG. */
export function toJpeg(kind?: InputRequest['kind']): string[] {
  // UVC 1.5 section 3.9.2.6: uncompressed video is BT.601 unless the camera says otherwise.
  const from = kind === 'device' ? ':in_color_matrix=bt601' : ''
  const scale = `scale=trunc(iw/2)*2:trunc(ih/2)*2:flags=bilinear${from}:out_color_matrix=bt601:out_range=pc`
  return ['-vf', `${scale},format=yuv420p,setsar=1`, ...jpegEncoder(CAPTURE_QUALITY)]
}

const FORMATS = { h264: 'h264', h265: 'hevc', jpeg: 'mjpeg', transcode: 'mjpeg' } as const
/** No stream leads to a file of this machine. */
const NETWORK_PROTOCOLS = 'pipe,tcp,udp,rtp,rtsp,rtsps,tls,crypto,http,https,srt,srtp,rtmp,rtmps,rtmpt,rtmpe'

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
