import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { CameraStatus } from '../../src/api/camera-status.ts'
import { makeCertificate } from '../deployment/make-certificate.ts'
import { type GstreamerCamera, startGstreamerCamera } from '../peers/gstreamer-camera.ts'
import { requirePeer } from '../peers/required.ts'
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts'
import { JpegDecoder } from './jpeg-pixels.ts'
import { MjpegReader } from './mjpeg-reader.ts'

const SIZE = 'video/x-raw,format=I420,width=640,height=360,framerate=15/1'
const SMALL = 'video/x-raw,format=I420,width=320,height=192,framerate=15/1'
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
const mount = (video: keyof typeof VIDEO, audio: keyof typeof AUDIO, size = SIZE) =>
  `videotestsrc is-live=true pattern=smpte ! ${size} ! ${VIDEO[video]} audiotestsrc is-live=true ! audioconvert ! audioresample ! ${AUDIO[audio]}`

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

/** Every codec of video beside every codec of audio, over every transport. */
const MATRIX = (['h264', 'h265', 'jpeg'] as const).flatMap((video) =>
  (['PCMA', 'AAC', 'Opus'] as const).flatMap((audio) =>
    (['tcp', 'udp', 'tls'] as const).map((transport) => ({
      video,
      audio,
      transport,
      id: `${video}-${audio}-${transport}`.toLowerCase(),
    })),
  ),
)

describe.runIf(requirePeer('gstreamer'))('every codec beside every audio over every transport', () => {
  let plain: GstreamerCamera
  let secure: GstreamerCamera
  let gateway: GatewayProcess
  const decoder = new JpegDecoder()

  beforeAll(async () => {
    const mounts = Object.fromEntries(MATRIX.map(({ video, audio }) => [`/${video}-${audio}`, mount(video, audio, SMALL)]))
    const { certificate, key } = makeCertificate()
    plain = await startGstreamerCamera({ mounts })
    secure = await startGstreamerCamera({ mounts, certificate: `${certificate}\n${key}` })
    const cameras = MATRIX.map(({ video, audio, transport, id }) => {
      const url = (transport === 'tls' ? secure : plain).url(`/${video}-${audio}`)
      const way = transport === 'tls' ? { tls: { verify: false } } : { transport }
      return [id, { url, connect: 'on-demand', ...way }]
    })
    gateway = await startGatewayProcess({ config: JSON.stringify({ cameras: Object.fromEntries(cameras) }) })
  }, 60_000)

  afterAll(async () => {
    await gateway?.[Symbol.asyncDispose]()
    await plain?.stop()
    await secure?.stop()
  })

  it.each(MATRIX)('shows $video beside $audio over $transport', { timeout: 30_000 }, async ({ id, video, audio, transport }) => {
    using reader = new MjpegReader(`${gateway.url}/camera/${id}`)
    const stream = { codec: video, audio: audio.toLowerCase(), transport: transport === 'udp' ? 'udp' : 'tcp' }
    const look = async () => {
      expect(reader.distinct).toBeGreaterThan(1)
      const { [id]: status } = await gateway.getJson<Record<string, CameraStatus>>('/status')
      expect(status?.streams[0]).toMatchObject(stream)
    }
    await vi.waitFor(look, { timeout: 20_000 })
    expect(decoder.decode(reader.pictures.at(-1)!.data)).toMatchObject({ width: 320, height: 192 })
  })
})
