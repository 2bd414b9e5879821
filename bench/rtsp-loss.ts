import { loadClip } from '../test/fake-camera/clip.ts'
import { startFakeCamera } from '../test/fake-camera/fake-camera.ts'
import { PictureLedger } from '../test/fake-camera/picture-ledger.ts'
import { startRtspRelay } from '../test/fake-camera/rtsp-relay.ts'
import { pictureNumber, watchSource } from '../test/fake-camera/watched-source.ts'
import { CLIP } from './replay-camera.ts'
import type { Figure, Scenario } from './scenario.ts'
import { pause, waitUntil } from './waiting.ts'

/** What a viewer gets of a camera whose network loses one packet in a hundred. */
export const rtspLoss: Scenario = {
  name: 'rtsp-loss',
  title: 'a camera whose network loses 1 % of the packets, 960×540 at 30 pictures a second, a keyframe each second',
  async run({ isQuick }) {
    const seconds = isQuick ? 10 : 30
    const figures = [...(await measureUdp(seconds)), ...(await measureAuto(seconds))]
    return { figures, readings: figures }
  },
}

const LOSS = { loss: 0.01 }

/** UDP is configured, and kept. */
async function measureUdp(seconds: number): Promise<Figure[]> {
  const clip = await loadClip(CLIP)
  await using camera = await startFakeCamera({ clip })
  await using relay = await startRtspRelay(camera.port, LOSS)
  const ledger = new PictureLedger()
  relay.onPacket = (packet, isLost) => ledger.note(packet, isLost)
  await using watched = watchSource({ url: relay.through(camera.url), transport: 'udp' })
  await waitUntil('pictures come', () => watched.packets.length > 0, 15)
  await pause(seconds)
  camera.stall()
  await pause(0.5)
  const { sent, whole } = ledger.sinceFirstShown
  const shown = watched.packets.length
  const counted = shown + (watched.source.reception?.lostPictures ?? 0)
  const damaged = watched.packets.filter((packet) => pictureNumber(clip, packet) === undefined).length
  return [
    { what: 'transport: udp, pictures shown', value: (shown / sent) * 100, unit: '%' },
    { what: 'fewer than keyframes allow', value: ((whole - shown) / sent) * 100, unit: 'points', bar: { atMost: 5 } },
    { what: 'neither shown nor counted as lost', value: (Math.abs(sent - counted) / sent) * 100, unit: '%', bar: { atMost: 5 } },
    { what: 'damaged pictures passed on', value: damaged, bar: { atMost: 0 } },
  ]
}

/** UDP is found first, and left. */
async function measureAuto(seconds: number): Promise<Figure[]> {
  const clip = await loadClip(CLIP)
  await using camera = await startFakeCamera({ clip, refusesTcp: 1 })
  await using relay = await startRtspRelay(camera.port, LOSS)
  const began = performance.now()
  await using watched = watchSource({ url: relay.through(camera.url) })
  await waitUntil('UDP', () => watched.source.reception?.transport === 'udp', 15)
  await waitUntil('TCP', () => watched.source.reception?.transport === 'tcp' && watched.source.statistics !== undefined, 30)
  const change = (performance.now() - began) / 1000
  await pause(Math.max(0, 15 - change))
  const before = { shown: watched.packets.length, sent: camera.written.length }
  await pause(seconds)
  const share = (watched.packets.length - before.shown) / (camera.written.length - before.sent)
  const damaged = watched.packets.filter((packet) => pictureNumber(clip, packet) === undefined).length
  return [
    { what: 'transport: auto, on TCP after', value: change, unit: 's', bar: { atMost: 15 } },
    { what: 'pictures shown from 15 s on', value: share * 100, unit: '%', bar: { atLeast: 99 } },
    { what: 'damaged pictures passed on meanwhile', value: damaged, bar: { atMost: 0 } },
  ]
}
