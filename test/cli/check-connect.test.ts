import { EventEmitter } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { CameraFindings } from '../../src/cameras/diagnosis/camera-findings.ts'
import { inspectCamera } from '../../src/cameras/diagnosis/inspect-camera.ts'
import { parseCameraUrl } from '../../src/lib/camera-url.ts'
import { SILENT_LOG } from '../../src/telemetry/log.ts'
import { type Clip, loadClip } from '../fake-camera/clip.ts'
import { startFakeCamera } from '../fake-camera/fake-camera.ts'
import { MemoryEngines } from '../fakes/memory-engines.ts'
import { cameraConfig } from '../fakes/test-camera.ts'
import { requirePeer } from '../peers/required.ts'
import { runCommand } from './run-command.ts'
import { temporaryFolder } from './temporary-folder.ts'

const CANARY = 'canary7pass'
const credentials = { user: 'admin', password: CANARY }
const folder = temporaryFolder()

type Answer = { cameras: { id: string; main: CameraFindings & { advice: string[] }; sub?: CameraFindings }[] }

describe.runIf(requirePeer('ffmpeg'))('atalaya check --connect', () => {
  let quick: Clip
  let slow: Clip

  beforeAll(async () => {
    quick = await loadClip({ width: 320, height: 180, fps: 30, frames: 30, gop: 10, bitrate: 600_000 })
    slow = await loadClip({ width: 320, height: 180, fps: 25, frames: 75, gop: 75, bitrate: 600_000 })
  }, 60_000)

  it('says of every camera at once what it sends and what to change in it', { timeout: 30_000 }, async () => {
    const editSdp = (sdp: string) => `${sdp}m=audio 0 RTP/AVP 8\r\n`
    await using good = await startFakeCamera({ clip: quick, credentials, editSdp, senderReportMs: 200 })
    await using long = await startFakeCamera({ clip: slow, senderReportMs: 200 })
    await using other = await startFakeCamera({ clip: quick, editSdp: (sdp) => sdp.replace('H264/', 'VP8/') })
    await using locked = await startFakeCamera({ clip: quick, credentials: { user: 'admin', password: 'another' } })
    await using gone = await startFakeCamera({ clip: quick })
    const goneUrl = gone.url
    await gone.stop()
    const lines = [
      `  good: { url: "${good.url}", sub: "${good.url}", user: admin, password: ${CANARY} }`,
      `  long: ${long.url}`,
      `  other: ${other.url}`,
      `  locked: { url: "${locked.url}", user: admin, password: ${CANARY} }`,
      `  gone: ${goneUrl}`,
    ]
    await writeFile(join(folder.path, 'atalaya.yaml'), `cameras:\n${lines.join('\n')}\n`)
    const began = performance.now()
    const { exitCode, stdout, stderr } = await runCommand(['check', '--connect', '--json'], { folder: folder.path })
    // All at the same time: one after the other they would take far longer.
    expect(performance.now() - began).toBeLessThan(30_000)
    expect(exitCode).toBe(1)
    expect(stdout + stderr).not.toContain(CANARY)
    const cameras = Object.fromEntries((JSON.parse(stdout) as Answer).cameras.map((camera) => [camera.id, camera]))
    expect(cameras['good']?.main).toMatchObject({
      givesPictures: true,
      error: null,
      login: 'accepted',
      codec: 'h264',
      width: 320,
      height: 180,
      nominalFps: 30,
      gop: { pictures: 10, isWhole: true },
      packetsLost: 0,
      offers: [
        { kind: 'video', codec: 'H264', clockRate: 90_000 },
        { kind: 'audio', codec: 'PCMA', clockRate: 8000 },
      ],
      advice: [],
    })
    const { fps, bitsPerSecond, firstPictureMs, connectMs, clockOffsetMs } = cameras['good']?.main ?? ({} as CameraFindings)
    expect(fps).toBeGreaterThan(27)
    expect(fps).toBeLessThan(33)
    expect(bitsPerSecond).toBeGreaterThan(100_000)
    expect(bitsPerSecond).toBeLessThan(2_000_000)
    expect(firstPictureMs).toBeGreaterThan(connectMs ?? Number.NaN)
    expect(Math.abs(clockOffsetMs ?? Number.NaN)).toBeLessThan(1000)
    expect(cameras['good']?.sub?.givesPictures).toBe(true)
    expect(cameras['long']?.main).toMatchObject({
      givesPictures: true,
      login: 'not-asked-for',
      gop: { pictures: 75, seconds: 3 },
    })
    expect(cameras['long']?.main.advice).toEqual([
      expect.stringContaining('set the I-frame interval (also called GOP) in the camera to 25–50'),
    ])
    expect(cameras['other']?.main).toMatchObject({
      givesPictures: false,
      error: { code: 'unsupported' },
      offers: [{ codec: 'VP8' }],
    })
    expect(cameras['other']?.main.error?.message).toContain('set this stream to H.264')
    expect(cameras['locked']?.main).toMatchObject({ givesPictures: false, login: 'refused', error: { code: 'auth_failed' } })
    expect(cameras['gone']?.main).toMatchObject({ givesPictures: false, connectMs: null, error: { code: 'refused' } })
    for (const { sessions } of [good, long, other, locked]) expect(sessions).toBe(0)
  })

  it('tells people in lines, and shows on a terminal what it is waiting for', { timeout: 20_000 }, async () => {
    await using camera = await startFakeCamera({ clip: quick, credentials, senderReportMs: 200 })
    const url = camera.url.replace('://', `://admin:${CANARY}@`)
    const { exitCode, stdout, stderr } = await runCommand(['check', url], { folder: folder.path, isTTY: true })
    expect(exitCode).toBe(0)
    expect(stdout).toContain(`ok    1  ${camera.url}\n`)
    expect(stdout).toMatch(/way {4}connected in [\d.]+ ms, login accepted, first picture after \d+ ms\n/)
    expect(stdout).toMatch(
      /video {2}H\.264 320x180, [\d.]+ pictures\/s \(promises 30\), keyframe every 10 pictures \(0\.3 s\), \d+ kbit\/s\n/,
    )
    expect(stdout).toMatch(/\nThe camera gave a picture\.\n$/)
    expect(stderr).toContain('still at: 1')
    expect(stderr.endsWith('\r\u001b[K')).toBe(true)
    expect(stdout + stderr).not.toContain(CANARY)
  })

  it('ends at Ctrl+C with what it knows by then, and gives the session back', { timeout: 20_000 }, async () => {
    await using camera = await startFakeCamera({ clip: quick })
    camera.stall()
    const signals = new EventEmitter()
    const run = runCommand(['check', camera.url], { folder: folder.path, signals })
    await vi.waitFor(() => expect(camera.sessions).toBe(1), { timeout: 10_000 })
    const began = performance.now()
    signals.emit('SIGINT', 'SIGINT')
    const { exitCode, stdout } = await run
    expect(performance.now() - began).toBeLessThan(3000)
    expect(exitCode).toBe(1)
    expect(stdout).toContain('Interrupted before there was a picture.')
    expect(camera.sessions).toBe(0)
  })

  it('leaves a camera that is connected and silent in time', async () => {
    await using camera = await startFakeCamera({ clip: quick })
    camera.stall()
    const config = cameraConfig({ source: { kind: 'rtsp', url: parseCameraUrl(camera.url), tls: { verify: true } } })
    const parts = { engines: new MemoryEngines(), log: SILENT_LOG }
    const times = { totalMs: 500, watchMs: 100, clockMs: 100 }
    const findings = await inspectCamera(config, parts, times, new AbortController().signal)
    expect(findings).toMatchObject({ givesPictures: false, codec: 'h264', fps: null, error: { code: 'stalled' } })
    expect(findings.error?.message).toContain('sent no video within 0.5 s')
    expect(parts.engines.decoders).toEqual([])
  })
})

it.each([
  [['check', 'a.yaml', 'b.yaml'], 'one configuration at a time'],
  [['check', 'test:clock', 'lab.yaml'], 'not both: lab.yaml'],
  [['check', `rtsp://u:${CANARY}@h:99999/`], 'Camera 1: the address is no valid URL'],
])('the wrong use of check is told in a sentence: %s', async (args, sentence) => {
  const { exitCode, stderr } = await runCommand(args, { folder: folder.path })
  expect(exitCode).toBe(2)
  expect(stderr).toContain(sentence)
  expect(stderr).not.toContain(CANARY)
})
