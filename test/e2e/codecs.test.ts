import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { CameraStatus } from '../../src/api/camera-status.ts'
import { type GstreamerCamera, startGstreamerCamera } from '../peers/gstreamer-camera.ts'
import { requirePeer } from '../peers/required.ts'
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts'
import { JpegDecoder } from './jpeg-pixels.ts'
import { MjpegReader } from './mjpeg-reader.ts'

const SIZE = 'video/x-raw,format=I420,width=640,height=360,framerate=15/1'
const VIDEO = {
  h264: 'x264enc tune=zerolatency speed-preset=ultrafast key-int-max=15 ! rtph264pay name=pay0',
  h265: 'x265enc tune=zerolatency speed-preset=ultrafast key-int-max=15 ! rtph265pay name=pay0',
  jpeg: 'jpegenc quality=80 ! rtpjpegpay name=pay0',
} as const
const AUDIO = {
  PCMA: 'alawenc ! rtppcmapay name=pay1',
  AAC: 'voaacenc ! rtpmp4gpay name=pay1',
  Opus: 'opusenc ! rtpopuspay name=pay1',
} as const
const mount = (video: keyof typeof VIDEO, audio: keyof typeof AUDIO) =>
  `videotestsrc is-live=true pattern=smpte ! ${SIZE} ! ${VIDEO[video]} audiotestsrc is-live=true ! audioconvert ! audioresample ! ${AUDIO[audio]}`

describe.runIf(requirePeer('gstreamer'))('cameras of GStreamer with every codec', () => {
  let camera: GstreamerCamera
  let gateway: GatewayProcess
  const decoder = new JpegDecoder()

  beforeAll(async () => {
    const mounts = { '/h264': mount('h264', 'PCMA'), '/h265': mount('h265', 'AAC'), '/jpeg': mount('jpeg', 'Opus') }
    camera = await startGstreamerCamera({ mounts })
    const cameras = ['h264', 'h265', 'jpeg'].map((id) => `  ${id}: { url: "${camera.url(`/${id}`)}", connect: on-demand }`)
    gateway = await startGatewayProcess({ config: `cameras:\n${cameras.join('\n')}\n` })
  }, 60_000)

  afterAll(async () => {
    await gateway?.[Symbol.asyncDispose]()
    await camera?.stop()
  })

  it.each([
    ['h264', 'pcma'],
    ['h265', 'aac'],
    ['jpeg', 'opus'],
  ])('shows %s beside %s, whole and in its size', { timeout: 30_000 }, async (codec, audio) => {
    using reader = new MjpegReader(`${gateway.url}/camera/${codec}`)
    await vi.waitFor(() => expect(reader.distinct).toBeGreaterThan(10), { timeout: 20_000 })
    const { [codec]: status } = await gateway.getJson<Record<string, CameraStatus>>('/status')
    expect(status).toMatchObject({ state: 'live', codec, audio, width: 640, height: 360 })
    for (const { data } of reader.pictures) expect(decoder.decode(data)).toMatchObject({ width: 640, height: 360 })
    // The leftmost of the colour bars is light grey, the one beside it yellow, the last blue.
    const { data, stride } = decoder.decode(reader.pictures.at(-1)!.data)
    const [grey = 0, yellow = 0, blue = 0] = [40, 130, 600].map((x) => data[100 * stride + x])
    expect(grey).toBeGreaterThan(yellow)
    expect(yellow).toBeGreaterThan(blue + 80)
  })

  it.each(['h265', 'jpeg'])('makes a smaller picture of %s', { timeout: 20_000 }, async (codec) => {
    const answer = await fetch(`${gateway.url}/camera/${codec}/snapshot?width=320`)
    expect(answer.status).toBe(200)
    expect(decoder.decode(Buffer.from(await answer.arrayBuffer()))).toMatchObject({ width: 320, height: 180 })
  })
})
