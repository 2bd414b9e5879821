import type { ClipSettings } from '../test/fake-camera/clip.ts'
import { startGstreamerCamera } from '../test/peers/gstreamer-camera.ts'
import { startAtalaya, startFfmpeg } from './contenders/all.ts'
import { watchWithCrowd } from './crowd/crowd.ts'
import { measurePixelLimit } from './pixel-limit.ts'
import { CLIP, startReplayCamera } from './replay-camera.ts'
import type { Figure, Scenario } from './scenario.ts'
import { median } from './statistics.ts'

/** What one viewer costs at other sizes and codecs, beside the `ffmpeg` command and the limit. */
export const sizes: Scenario = {
  name: 'sizes',
  title: 'one camera, one viewer: sizes and codecs',
  async run({ isQuick, rounds }) {
    const figures: Figure[] = []
    const readings: object[] = []
    for (const { what, clip, launch } of CAMERAS) {
      await using camera = clip ? await startReplayCamera(clip) : await startLive(launch)
      const own: number[] = []
      const peers: number[] = []
      const limits: number[] = []
      for (let round = 0; round < rounds; round++) {
        own.push(await perPicture(startAtalaya, camera.url, isQuick))
        peers.push(await perPicture(startFfmpeg, camera.url, isQuick))
        if (clip) limits.push(await limitPerPicture(clip, isQuick))
      }
      const cost = { what: `${what}: processor time of a picture`, value: median(own), unit: 'ms' }
      figures.push({ ...cost, peer: median(peers), peerName: 'ffmpeg' })
      if (clip) figures.push({ ...cost, peer: median(limits), peerName: 'the limit' })
      readings.push({ what, own, peers, limits })
    }
    return { figures, readings }
  },
}

interface Subject {
  readonly what: string
  readonly clip?: ClipSettings
  /** GStreamer's, where the picture is not H.264. */
  readonly launch?: string
}

const CAMERAS: readonly Subject[] = [
  { what: '960×540 H.264', clip: CLIP },
  { what: '1920×1080 H.264', clip: { ...CLIP, width: 1920, height: 1080, bitrate: 8_000_000 } },
  { what: '3840×2160 H.264', clip: { ...CLIP, width: 3840, height: 2160, fps: 10, frames: 60, gop: 10, bitrate: 16_000_000 } },
  {
    what: '640×360 H.265',
    launch: [
      'videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=640,height=360,framerate=15/1',
      'x265enc tune=zerolatency speed-preset=ultrafast key-int-max=15 ! rtph265pay name=pay0 config-interval=-1',
    ].join(' ! '),
  },
  {
    what: '960×540 JPEG',
    launch: [
      'videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=960,height=540,framerate=30/1',
      'jpegenc quality=80 ! rtpjpegpay name=pay0',
    ].join(' ! '),
  },
]

async function startLive(launch = ''): Promise<AsyncDisposable & { readonly url: string }> {
  const camera = await startGstreamerCamera({ mounts: { '/live': launch } })
  return { url: camera.url('/live'), [Symbol.asyncDispose]: () => camera.stop() }
}

/** Milliseconds of processor time, all processes. */
async function perPicture(start: typeof startAtalaya, url: string, isQuick: boolean): Promise<number> {
  await using contender = await start(url)
  const { cpu, usual } = await watchWithCrowd(contender, 1, times(isQuick))
  return (cpu * 1000) / usual
}

async function limitPerPicture(clip: ClipSettings, isQuick: boolean): Promise<number> {
  const { settle, seconds } = times(isQuick)
  return ((await measurePixelLimit({ clip, warmUp: settle, seconds, quality: 80 })) / clip.fps) * 1000
}

function times(isQuick: boolean): { readonly settle: number; readonly seconds: number } {
  return isQuick ? { settle: 5, seconds: 4 } : { settle: 6, seconds: 5 }
}
