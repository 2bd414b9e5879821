import { pause } from '../../bench/waiting.ts'
import { openDescriptors } from '../e2e/gateway-process.ts'
import { FarCamera } from './far-camera.ts'
import { atMost, type Fault, type Finding, holds, within } from './fault.ts'
import type { Lab } from './lab.ts'

/** Cameras that go away, fall silent, or come late. */
export const outages: readonly Fault[] = [
  ...[5, 20, 60].map(
    (seconds): Fault => ({
      id: seconds === 20 ? 'F1' : `F1/${seconds}s`,
      what: `camera killed (RST), back after ${seconds} s`,
      run: (lab) => killed(lab, lab.choose(seconds, 2)),
    }),
  ),
  { id: 'F2', what: 'camera powered off: all packets dropped for 60 s', needs: ['network'], run: poweredOff },
  { id: 'F3', what: 'stall: connected, nothing but answers comes', run: (lab) => silent(lab, 'stall') },
  { id: 'F4', what: 'audio and RTCP go on, video stops', run: (lab) => silent(lab, 'video-dead') },
  { id: 'F5', what: 'half-open: the host is cut off in mid-stream for good', needs: ['network'], run: halfOpen },
  { id: 'F6', what: 'trickle: one byte of video a second', run: (lab) => silent(lab, 'trickle') },
  { id: 'F7', what: 'camera is away at the start and comes after 5 min', run: comesLate },
  { id: 'F8', what: 'camera flaps 200 times: up 3 s, down 1 s', run: flaps },
]

async function killed(lab: Lab, seconds: number): Promise<Finding> {
  const camera = await lab.camera()
  await lab.start({ patient: camera.url })
  const viewer = await lab.watch('patient')
  await lab.begin()
  await camera.kill()
  const detected = await lab.untilState('patient', { state: 'offline' }, 5)
  await pause(seconds - detected)
  const noticesSeen = viewer.notices
  await camera.revive()
  const recovered = await viewer.nextPicture(20)
  return {
    detected,
    recovered,
    checks: [
      within('noticed', detected, 2),
      within('pictures are back', recovered, 3),
      holds('on the same response', !viewer.isClosed),
      holds('which showed a notice meanwhile', noticesSeen > 0),
      atMost('sessions at the camera', camera.sessions, 1),
    ],
  }
}

async function poweredOff(lab: Lab): Promise<Finding> {
  const camera = lab.use(await FarCamera.start())
  await lab.start({ patient: camera.url })
  const viewer = await lab.watch('patient')
  await lab.begin()
  await camera.cutOff()
  const detected = await lab.untilState('patient', { state: 'offline' }, 10)
  await pause(lab.choose(60, 8) - detected)
  await camera.reconnect()
  const recovered = await viewer.nextPicture(40)
  return {
    detected,
    recovered,
    checks: [
      within('noticed', detected, 6),
      within('pictures are back', recovered, 18),
      holds('on the same response', !viewer.isClosed),
    ],
  }
}

/** A camera that stays connected and sends no video, until the gateway has noticed. */
async function silent(lab: Lab, misbehaviour: 'stall' | 'video-dead' | 'trickle'): Promise<Finding> {
  const camera = await lab.camera({ audio: true })
  await lab.start({ patient: camera.url })
  const viewer = await lab.watch('patient')
  await lab.begin()
  camera.misbehave(misbehaviour)
  const detected = await lab.untilState('patient', { state: 'offline', reason: 'stalled' }, 15)
  camera.resume()
  const recovered = await viewer.nextPicture(20)
  return {
    detected,
    recovered,
    checks: [
      within('noticed', detected, 6),
      within('pictures are back', recovered, 3),
      atMost('sessions at the camera', camera.sessions, 1),
      atMost('connections to the camera', camera.connections, 1),
      holds('on the same response', !viewer.isClosed),
    ],
  }
}

async function halfOpen(lab: Lab): Promise<Finding> {
  const camera = lab.use(await FarCamera.start())
  await lab.start({ patient: camera.url })
  await lab.watch('patient')
  await lab.begin()
  const before = await openDescriptors(lab.gateway.pid)
  await camera.cutOff()
  const detected = await lab.untilState('patient', { state: 'offline' }, 10)
  await pause(16 - detected)
  const held = await camera.openConnections()
  const descriptors = await openDescriptors(lab.gateway.pid)
  return {
    detected,
    checks: [
      within('noticed', detected, 6),
      atMost('connections to the camera after 16 s', held, 0),
      atMost('descriptors, change', Math.abs(descriptors - before), 2),
    ],
  }
}

async function comesLate(lab: Lab): Promise<Finding> {
  const camera = await lab.camera()
  await camera.kill()
  await lab.start({ patient: camera.url })
  await lab.begin()
  const detected = await lab.untilState('patient', { state: 'offline', reason: 'refused' }, 5)
  await pause(lab.choose(300, 5))
  await camera.revive()
  const recovered = await lab.untilState('patient', { state: 'live' }, 60)
  return { detected, recovered, checks: [within('live', recovered, lab.choose(31, 3))] }
}

async function flaps(lab: Lab): Promise<Finding> {
  const camera = await lab.camera()
  await lab.start({ patient: camera.url })
  const viewer = await lab.watch('patient')
  const flap = async () => {
    await camera.kill()
    await pause(1)
    await camera.revive()
    await pause(3)
  }
  for (let count = 0; count < lab.choose(10, 2); count++) await flap() // what a process learns once is no leak
  await lab.begin()
  const before = await openDescriptors(lab.gateway.pid)
  let mostSessions = 0
  const watch = setInterval(() => {
    mostSessions = Math.max(mostSessions, camera.sessions)
  }, 20)
  for (let count = 0; count < lab.choose(200, 4); count++) await flap()
  clearInterval(watch)
  // Three seconds of pictures end no outage: tries have become rare by now.
  const recovered = await viewer.nextPicture(40)
  await viewer.morePictures(20, 10)
  const { before: held, after } = await lab.report()
  return {
    recovered,
    checks: [
      within('pictures are back for good', recovered, 31),
      atMost('memory, growth', (after.memory - held.memory) / 1e6, 10, 'MB'),
      atMost('descriptors, change', Math.abs((await openDescriptors(lab.gateway.pid)) - before), 2),
      atMost('sessions at the camera at one time', mostSessions, 1),
      holds('on the same response', !viewer.isClosed),
    ],
  }
}
