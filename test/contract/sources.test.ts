import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { sourceFromText } from '../../src/config/camera-source.ts'
import type { SourceConfig } from '../../src/config/config.ts'
import { EnginePool } from '../../src/engine/engine-pool.ts'
import type { Packet, Track } from '../../src/media/packet.ts'
import { now } from '../../src/media/time.ts'
import { openSource } from '../../src/sources/open-source.ts'
import { SILENT_LOG } from '../../src/telemetry/log.ts'
import { makeCertificate } from '../deployment/make-certificate.ts'
import { ffmpeg } from '../engine/clips.ts'
import { loadClip } from '../fake-camera/clip.ts'
import { type FakeCameraSettings, startFakeCamera } from '../fake-camera/fake-camera.ts'
import { startGstreamerCamera, testPictures } from '../peers/gstreamer-camera.ts'
import { requirePeer } from '../peers/required.ts'

// A garbage collection at will, without a flag on the command line.
setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const SOON = { timeout: 15_000, interval: 10 }

/** Something that sends video, and what a source is told of it. */
interface Peer extends AsyncDisposable {
  readonly source: SourceConfig
  /** Is gone from one moment to the next; absent where nobody could go. */
  readonly vanish?: () => Promise<unknown>
  /** Stays, and sends nothing any more. */
  readonly fallSilent?: () => void
  /** How often somebody has come. */
  readonly visits?: () => number
}

/** Every way in, and the time in milliseconds within which it lets go. */
const WAYS: [name: string, start: () => Promise<Peer>, letsGoWithin: number][] = [
  ['RTSP over TCP', () => startRtspCamera({ transport: 'tcp' }), 100],
  ['RTSP over TCP, encrypted', () => startRtspCamera({ transport: 'tcp', tls: makeCertificate() }), 100],
  ['RTSP over UDP', () => startRtspCamera({ transport: 'udp' }), 100],
  ['RTSP over UDP, of GStreamer', () => startGstreamer({ transport: 'udp' }), 100],
  ['RTSP inside HTTP', () => startRtspCamera({ transport: 'http' }), 100],
  ['RTSP through libav', () => startGstreamer({ ingest: 'libav' }), 250],
  ['HTTP, an endless stream', () => startHttpCamera('stream'), 100],
  ['HTTP, single pictures', () => startHttpCamera('pictures'), 100],
  ['a video file', startFile, 250],
  ['test pictures', () => Promise.resolve(onlySource(sourceFromText('test:clock'))), 100],
]

/** Where nobody can vanish. */
const FOR_EVER: ReadonlySet<string> = new Set(['a video file', 'test pictures'])

describe.runIf(requirePeer('ffmpeg') && requirePeer('gstreamer')).each(WAYS)('a source: %s', (name, start, letsGoWithin) => {
  let pool: EnginePool
  beforeAll(() => {
    pool = new EnginePool(SILENT_LOG)
    pool.start()
  })
  afterAll(() => pool[Symbol.asyncDispose]())

  const run = (source: SourceConfig) => {
    const [tracks, packets, order]: [Track[], Packet[], string[]] = [[], [], []]
    const stop = new AbortController()
    const output = {
      track: (track: Track) => {
        tracks.push(track)
        order.push('track')
      },
      packet: (packet: Packet) => {
        packets.push(packet)
        order.push('packet')
      },
    }
    const ended = openSource({ name: 'it', source }, { engines: pool, log: SILENT_LOG }).run(output, stop.signal)
    ended.catch(() => undefined) // each test awaits it itself
    return { tracks, packets, order, stop, ended }
  }

  it('describes its video, begins with a keyframe, and goes on in time', async () => {
    await using peer = await start()
    const { tracks, packets, order, stop, ended } = run(peer.source)
    await vi.waitFor(() => expect(packets.length).toBeGreaterThan(20), SOON)
    expect(order[0]).toBe('track')
    expect(packets[0]?.keyframe).toBe(true)
    expect(tracks[0]?.width).toBeGreaterThan(0)
    for (const { track } of packets) expect(tracks).toContain(track)
    packets.slice(1).forEach(({ pts, dts, capturedAt }, i) => {
      expect(dts).toBeGreaterThan(packets[i]?.dts ?? 0)
      expect(pts).toBeGreaterThanOrEqual(dts)
      expect(Number.isInteger(capturedAt)).toBe(true)
      expect(capturedAt).toBeLessThanOrEqual(now())
    })
    stop.abort()
    await ended
  })

  it('lets go at once when it is told to, and is silent afterwards', async () => {
    await using peer = await start()
    const { packets, stop, ended } = run(peer.source)
    await vi.waitFor(() => expect(packets.length).toBeGreaterThan(2), SOON)
    const began = performance.now()
    stop.abort()
    const count = packets.length
    await ended
    expect(performance.now() - began).toBeLessThan(letsGoWithin)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(packets.length).toBe(count)
  })

  it('does nothing when it was told to let go before it began', async () => {
    await using peer = await start()
    const stop = AbortSignal.abort()
    const output = { track: vi.fn(), packet: vi.fn() }
    await openSource({ name: 'it', source: peer.source }, { engines: pool, log: SILENT_LOG }).run(output, stop)
    expect(output.packet).not.toHaveBeenCalled()
  })

  it('keeps nothing of what it has handed out', async () => {
    await using peer = await start()
    const handedOut: WeakRef<object>[] = []
    const stop = new AbortController()
    const output = { track: () => undefined, packet: ({ data }: Packet) => handedOut.push(...memoryOf(data)) }
    const ended = openSource({ name: 'it', source: peer.source }, { engines: pool, log: SILENT_LOG }).run(output, stop.signal)
    ended.catch(() => undefined)
    await vi.waitFor(() => expect(handedOut.length).toBeGreaterThan(40), SOON)
    const early = handedOut.slice(0, 20)
    const collect = () => {
      collectGarbage()
      expect(early.filter((reference) => reference.deref())).toHaveLength(0)
    }
    await vi.waitFor(collect, { timeout: 15_000, interval: 100 })
    stop.abort()
    await ended
  })

  if (!FOR_EVER.has(name)) {
    it('lets go of a peer that has fallen silent', async () => {
      await using peer = await start()
      const { packets, stop, ended } = run(peer.source)
      await vi.waitFor(() => expect(packets.length).toBeGreaterThan(2), SOON)
      peer.fallSilent?.()
      const began = performance.now()
      stop.abort()
      await ended
      // A camera is given half a second to answer that the session is over.
      expect(performance.now() - began).toBeLessThan(letsGoWithin + 1000)
    })

    it('fails with a reason when its peer vanishes, and does not come again by itself', async () => {
      await using peer = await start()
      const { vanish } = peer
      if (!vanish) throw new Error('nobody can vanish')
      const { packets, ended } = run(peer.source)
      await vi.waitFor(() => expect(packets.length).toBeGreaterThan(2), SOON)
      const visits = peer.visits?.()
      await vanish()
      await expect(ended).rejects.toMatchObject({ name: 'AtalayaError', message: expect.stringMatching(/.{20}/) })
      if (!peer.visits) return
      await new Promise((resolve) => setTimeout(resolve, 300))
      expect(peer.visits()).toBe(visits)
    })
  }
})

/** What is to be free again: the bytes, and the memory behind them but for Node's pool, which small buffers of all kinds share. */
function memoryOf(data: Packet['data']): WeakRef<object>[] {
  const isPooled = data.buffer.byteLength === Buffer.poolSize
  return [new WeakRef(data), ...(isPooled ? [] : [new WeakRef(data.buffer)])]
}

function onlySource(source: SourceConfig): Peer {
  return { source, [Symbol.asyncDispose]: () => Promise.resolve() }
}

async function startRtspCamera({
  transport,
  tls,
}: { transport: 'tcp' | 'udp' | 'http' } & Pick<FakeCameraSettings, 'tls'>): Promise<Peer> {
  const clip = await loadClip({ width: 320, height: 180, fps: 30, frames: 30, gop: 10, bitrate: 600_000 })
  const camera = await startFakeCamera({ clip, fps: 60, audio: true, ...(tls && { tls }) })
  const visits = () => camera.requests.filter((method) => method === 'DESCRIBE').length
  const trust = { tls: { verify: tls === undefined } }
  const source = { ...(sourceFromText(camera.url) as SourceConfig & { kind: 'rtsp' }), transport, ...trust }
  return {
    source,
    vanish: camera.kill,
    fallSilent: () => camera.misbehave('deaf'),
    visits,
    [Symbol.asyncDispose]: camera.stop,
  }
}

/** GStreamer's server; it falls silent in the middle of whatever it does. */
async function startGstreamer(settings: { transport: 'udp' } | { ingest: 'libav' }): Promise<Peer> {
  const camera = await startGstreamerCamera({ mounts: { '/live': testPictures({ width: 320, height: 180, fps: 25 }) } })
  return {
    source: { ...(sourceFromText(camera.url('/live')) as SourceConfig & { kind: 'rtsp' }), ...settings },
    vanish: camera.stop,
    fallSilent: camera.freeze,
    [Symbol.asyncDispose]: camera.stop,
  }
}

async function startHttpCamera(kind: 'stream' | 'pictures'): Promise<Peer> {
  const jpeg = await ffmpeg(['-f', 'lavfi', '-i', 'testsrc2=size=320x180', '-frames:v', '1', '-f', 'mjpeg', 'pipe:1'])
  let visits = 0
  let isSilent = false
  const server = createServer((_request, response) => {
    if (kind === 'pictures') {
      if (isSilent) return
      response.writeHead(200, { 'Content-Type': 'image/jpeg' }).end(jpeg)
      return
    }
    visits++
    response.writeHead(200, { 'Content-Type': 'multipart/x-mixed-replace; boundary=b' })
    const timer = setInterval(() => {
      if (isSilent) return
      response.write('--b\r\nContent-Type: image/jpeg\r\n\r\n')
      response.write(jpeg)
    }, 20)
    response.on('close', () => clearInterval(timer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const source = sourceFromText(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  const vanish = () => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return {
    source: source.kind === 'http' ? { ...source, fps: 50 } : source,
    vanish,
    fallSilent: () => {
      isSilent = true
    },
    ...(kind === 'stream' && { visits: () => visits }),
    [Symbol.asyncDispose]: vanish,
  }
}

async function startFile(): Promise<Peer> {
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-'))
  const path = join(folder, 'film.mkv')
  const film = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25:duration=2', '-pix_fmt', 'yuv420p', '-bf', '2', '-g', '25']
  await writeFile(path, await ffmpeg([...film, '-c:v', 'libx264', '-f', 'matroska', 'pipe:1']))
  return { source: sourceFromText(`file:${path}`), [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
}
