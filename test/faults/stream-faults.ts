import { pause, waitUntil } from '../../bench/waiting.ts'
import { parseJpegHeader } from '../../src/media/jpeg.ts'
import { startFakeCamera } from '../fake-camera/fake-camera.ts'
import { startRtspRelay } from '../fake-camera/rtsp-relay.ts'
import { TIMESTAMP_STYLES } from '../fake-camera/timestamps.ts'
import { startGstreamerCamera } from '../peers/gstreamer-camera.ts'
import { atLeast, atMost, type Fault, type Finding, holds, within } from './fault.ts'
import type { Lab } from './lab.ts'
import { RedirectingCamera } from './redirecting-camera.ts'
import type { WatchedStream } from './watched-stream.ts'

/** Video that is not what it was, or not what it should be. */
export const streamFaults: readonly Fault[] = [
  { id: 'F9', what: 'the size changes in mid-stream: 640x360 to 320x180', run: sizeChanges },
  { id: 'F10', what: 'H.264 becomes H.265 when the camera is back', needs: ['gstreamer'], run: codecChanges },
  { id: 'F11', what: 'parameter sets only in the description, only in the video, or of another clip', run: parameterSets },
  { id: 'F12', what: 'RTP timestamps jump an hour on and back, restart, wrap, stand still', run: timestamps },
  { id: 'F13/1%', what: 'UDP loses 1 % of the packets', run: (lab) => lossy(lab, 0.01, 15) },
  { id: 'F13/20%', what: 'UDP loses 20 % of the packets', run: (lab) => lossy(lab, 0.2, 10) },
  { id: 'F13/order', what: 'UDP delivers 30 % of the packets out of order', run: disorder },
  { id: 'F14/garbage', what: 'a kilobyte of garbage between packets, now and then', run: (lab) => garbage(lab, 'garbage') },
  { id: 'F14/length', what: 'interleaved lengths that are wrong, now and then', run: (lab) => garbage(lab, 'cut-packets') },
]

async function sizeChanges(lab: Lab): Promise<Finding> {
  const large = await lab.clip({ width: 640, height: 360, bitrate: 1_000_000 })
  const camera = await lab.camera({ clip: large })
  await lab.start({ patient: camera.url })
  const viewer = await lab.watch('patient')
  await lab.begin()
  viewer.reset()
  camera.play(await lab.clip())
  const width = () => (viewer.newest ? parseJpegHeader(viewer.newest.data)?.width : undefined)
  const recovered = await waitUntil('pictures of the new size', () => width() === 320, 10)
  await viewer.morePictures(20, 10)
  return {
    recovered,
    checks: [
      within('pictures of the new size', recovered, 2),
      within('the widest gap between two pictures', viewer.widestGap, 2),
      atMost('connections lost', (await lab.status('patient')).reconnects, 0),
      holds('on the same response', !viewer.isClosed),
    ],
  }
}

async function codecChanges(lab: Lab): Promise<Finding> {
  const before = await startFakeCamera({ clip: await lab.clip() })
  const video = ['videotestsrc is-live=true', 'video/x-raw,width=320,height=180,framerate=20/1']
  const coder = ['x265enc tune=zerolatency speed-preset=ultrafast key-int-max=20', 'rtph265pay name=pay0 config-interval=-1']
  const after = lab.use(await startGstreamerCamera({ mounts: { '/live': [...video, ...coder].join(' ! ') } }))
  let address = before.url
  const camera = lab.use(await RedirectingCamera.start(() => address))
  await lab.start({ patient: camera.url })
  const viewer = await lab.watch('patient')
  await lab.begin()
  address = after.url('/live')
  await before.stop()
  const detected = await lab.untilState('patient', { state: 'offline' }, 5)
  const recovered = await viewer.nextPicture(15)
  return {
    detected,
    recovered,
    checks: [
      holds('the API says h265', (await lab.status('patient')).codec === 'h265'),
      within('pictures are back', recovered, 4),
      holds('on the same response', !viewer.isClosed),
    ],
  }
}

async function parameterSets(lab: Lab): Promise<Finding> {
  const other = await lab.clip({ width: 640, height: 360, bitrate: 1_000_000 })
  const cameras = {
    sdp: await lab.camera({ parameterSets: 'sdp' }),
    inband: await lab.camera({ parameterSets: 'in-band' }),
    other: await lab.camera({ describedClip: other }),
  }
  await lab.start(Object.fromEntries(Object.entries(cameras).map(([id, { url }]) => [id, url])))
  await lab.begin()
  const viewers = await Promise.all(Object.keys(cameras).map((id) => lab.watch(id)))
  await Promise.all(viewers.map((viewer) => viewer.morePictures(20, 10)))
  const sizes = viewers.map(({ newest }) => newest && parseJpegHeader(newest.data)?.width)
  return { checks: [atLeast('cameras that are shown in their true size', sizes.filter((width) => width === 320).length, 3)] }
}

async function timestamps(lab: Lab): Promise<Finding> {
  const styles = TIMESTAMP_STYLES.filter((style) => style !== 'honest')
  const ids = styles.map((style) => style.replace('-', '_'))
  const cameras: Record<string, string> = {}
  for (const [index, style] of styles.entries()) cameras[ids[index] ?? ''] = (await lab.camera({ timestamps: style })).url
  await lab.start(cameras)
  const viewers: WatchedStream[] = []
  for (const id of ids) viewers.push(await lab.watch(id))
  await lab.begin()
  for (const viewer of viewers) viewer.reset()
  await pause(lab.choose(20, 6))
  const states = await Promise.all(ids.map((id) => lab.status(id)))
  const { control } = await lab.report()
  return {
    checks: [
      within(
        'the widest gap between two pictures',
        Math.max(...viewers.map(({ widestGap }) => widestGap)),
        1 + control.widestGap,
      ),
      atMost(
        'connections lost',
        states.reduce((sum, { reconnects }) => sum + reconnects, 0),
        0,
      ),
    ],
  }
}

/** A camera that takes nothing but UDP at first; where too much of it is lost, TCP is asked for again. */
async function lossy(lab: Lab, loss: number, seconds: number): Promise<Finding> {
  const camera = await lab.camera({ refusesTcp: 1 })
  const relay = lab.use(await startRtspRelay(camera.port, {}))
  await lab.start({ patient: relay.through(camera.url) })
  const viewer = await lab.watch('patient')
  await lab.begin()
  relay.become({ loss })
  // Once TCP carries the video, the relay loses nothing more.
  const calm = lab.choose(5, 3)
  let lost = relay.lost
  let calmSince = performance.now()
  const began = performance.now()
  await waitUntil(
    'TCP carries the video',
    () => {
      if (relay.lost !== lost) calmSince = performance.now()
      lost = relay.lost
      return performance.now() - calmSince > calm * 1000 && lost > 0
    },
    60,
  )
  const recovered = (calmSince - began) / 1000
  viewer.reset()
  const sent = () => camera.written.filter(({ at }) => at >= performance.timeOrigin + mark).length
  const mark = performance.now()
  await pause(lab.choose(10, 4))
  const share = (viewer.distinct / Math.max(1, sent())) * 100
  return {
    recovered,
    checks: [
      within('TCP carries the video', recovered, seconds),
      atLeast('pictures shown from then on', share, 97, '%'),
      holds('on the same response', !viewer.isClosed),
    ],
  }
}

async function disorder(lab: Lab): Promise<Finding> {
  const camera = await lab.camera()
  const relay = lab.use(await startRtspRelay(camera.port, { reorder: 0.3 }))
  await lab.start({ patient: `{ url: "${relay.through(camera.url)}", transport: udp }` })
  const viewer = await lab.watch('patient')
  await lab.begin()
  viewer.reset()
  const began = performance.timeOrigin + performance.now()
  await pause(lab.choose(20, 5))
  const sent = camera.written.filter(({ at }) => at >= began).length
  return {
    checks: [
      atLeast('pictures shown', (viewer.distinct / Math.max(1, sent)) * 100, 97, '%'),
      atMost('connections lost', (await lab.status('patient')).reconnects, 0),
    ],
  }
}

async function garbage(lab: Lab, misbehaviour: 'garbage' | 'cut-packets'): Promise<Finding> {
  const camera = await lab.camera()
  await lab.start({ patient: camera.url })
  const viewer = await lab.watch('patient')
  await lab.begin()
  viewer.reset()
  camera.misbehave(misbehaviour)
  await pause(lab.choose(15, 6))
  camera.resume()
  const recovered = await viewer.nextPicture(10)
  await viewer.morePictures(20, 10)
  return {
    recovered,
    checks: [
      within('the widest gap between two pictures', viewer.widestGap, 3),
      atLeast('pictures were seen meanwhile', viewer.distinct, 30),
      holds('on the same response', !viewer.isClosed),
      holds('each of them whole', viewer.failure === undefined),
    ],
  }
}
