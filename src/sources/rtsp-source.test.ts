import { createServer } from 'node:net'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { type Clip, loadClip } from '../../test/fake-camera/clip.ts'
import { type FakeCameraSettings, startFakeCamera } from '../../test/fake-camera/fake-camera.ts'
import { nalTypes, pictureNumber, type WatchedSource, watchSource } from '../../test/fake-camera/watched-source.ts'
import { requirePeer } from '../../test/peers/required.ts'
import { parseCameraUrl } from '../lib/camera-url.ts'
import { SILENT_LOG } from '../telemetry/log.ts'
import { RtspSource } from './rtsp-source.ts'

const SMALL = { width: 320, height: 180, fps: 30, frames: 30, gop: 10, bitrate: 600_000 }
const SOON = { timeout: 5000, interval: 10 }

describe.runIf(requirePeer('ffmpeg'))('an RTSP source at a fake camera', () => {
  let single: Clip
  let sliced: Clip

  beforeAll(async () => {
    single = await loadClip(SMALL)
    sliced = await loadClip({ ...SMALL, slices: 4 })
  }, 60_000)

  const atLeast = (count: number, watched: WatchedSource) =>
    vi.waitFor(() => expect(watched.packets.length).toBeGreaterThanOrEqual(count), SOON)

  it('describes the track before its first packet and hands over every picture whole, in order', async () => {
    await using camera = await startFakeCamera({ clip: single })
    await using watched = watchSource({ url: camera.url })
    await atLeast(35, watched)
    expect(watched.tracks).toEqual([{ codec: 'h264', width: 320, height: 180, fps: 30 }])
    const numbers = watched.packets.map((packet) => pictureNumber(single, packet))
    expect(numbers).toEqual(numbers.map((_, i) => ((numbers[0] ?? 0) + i) % SMALL.frames))
    expect(watched.packets.map(({ keyframe }) => keyframe)).toEqual(numbers.map((number) => (number ?? 1) % SMALL.gop === 0))
    expect(watched.packets.every(({ track }) => track === watched.tracks[0])).toBe(true)
  })

  it('begins at a keyframe, which begins with its parameter sets', async () => {
    await using camera = await startFakeCamera({ clip: single })
    await using watched = watchSource({ url: camera.url })
    await atLeast(1, watched)
    expect(watched.packets[0]?.keyframe).toBe(true)
    expect(nalTypes(watched.packets[0]!).slice(0, 2)).toEqual([7, 8])
    expect(watched.packets[0]?.data.subarray(0, 4)).toEqual(Buffer.from([0, 0, 0, 1]))
  })

  it('keeps a time line that grows by a frame interval, and dates pictures at most by their arrival', async () => {
    await using camera = await startFakeCamera({ clip: single })
    await using watched = watchSource({ url: camera.url })
    await atLeast(31, watched)
    const [first, last] = [watched.packets[0]!, watched.packets[30]!]
    expect(last.pts - first.pts).toBe(1_000_000)
    watched.packets.forEach(({ capturedAt }, i) => {
      const age = (watched.arrivals[i]?.at ?? 0) - capturedAt
      expect(age).toBeGreaterThanOrEqual(0)
      expect(age).toBeLessThan(500_000)
    })
  })

  const slicings: [string, Partial<FakeCameraSettings>][] = [
    ['several slices a picture', {}],
    ['the marker on every NAL unit', { markers: 'every-nal' }],
    ['the marker on every slice', { markers: 'every-slice', parameterSets: 'sdp' }],
    ['no marker at all', { markers: 'never' }],
    ['many small fragments', { payloadBytes: 100 }],
  ]
  it.each(slicings)('puts pictures of several slices together: %s', async (_, settings) => {
    await using camera = await startFakeCamera({ clip: sliced, fps: 100, payloadBytes: 400, ...settings })
    await using watched = watchSource({ url: camera.url })
    await atLeast(25, watched)
    const numbers = watched.packets.map((packet) => pictureNumber(sliced, packet))
    expect(numbers).toEqual(numbers.map((_number, i) => ((numbers[0] ?? 0) + i) % SMALL.frames))
    for (const packet of watched.packets) {
      if (packet.keyframe) expect(nalTypes(packet).slice(0, 2)).toEqual([7, 8])
    }
    expect(watched.tracks).toHaveLength(1)
    expect(watched.source.statistics).toMatchObject({ packetsLost: 0, packetsMalformed: 0, unitsDropped: 0, resyncs: 0 })
  })

  it('drops exactly the pictures from a loss up to the next keyframe, and counts them', async () => {
    let dropNow = false
    const drop = () => {
      const lost = dropNow
      dropNow = false
      return lost
    }
    await using camera = await startFakeCamera({ clip: single, drop })
    await using watched = watchSource({ url: camera.url })
    await vi.waitFor(() => expect(pictureNumber(single, watched.packets.at(-1)!)).toBe(13), SOON)
    dropNow = true
    const before = watched.packets.length
    await atLeast(before + 3, watched)
    expect(watched.packets.slice(before, before + 3).map((packet) => pictureNumber(single, packet))).toEqual([20, 21, 22])
    expect(watched.source.statistics?.packetsLost).toBe(1)
    expect(watched.source.statistics?.unitsDropped).toBeGreaterThanOrEqual(5)
  })

  it('finds its way back into a stream whose framing broke', async () => {
    await using camera = await startFakeCamera({ clip: single })
    await using watched = watchSource({ url: camera.url })
    await atLeast(5, watched)
    camera.inject(Buffer.from('zz$garbage$\u0000\u0000 RTSPgarbage', 'latin1'))
    const before = watched.packets.length
    await atLeast(before + 15, watched)
    expect(watched.source.statistics?.resyncs).toBe(1)
    expect(watched.packets.map((packet) => pictureNumber(single, packet))).not.toContain(undefined)
  })

  it('announces a new track when the size of the picture changes', async () => {
    const larger = await loadClip({ ...SMALL, width: 480, height: 272 })
    const units = [...single.units.slice(0, 10), ...larger.units.slice(0, 10)]
    await using camera = await startFakeCamera({ clip: { ...single, units } })
    await using watched = watchSource({ url: camera.url })
    await vi.waitFor(() => expect(watched.tracks.length).toBeGreaterThanOrEqual(3), SOON)
    expect(watched.tracks.slice(0, 3).map(({ width, height }) => `${width}x${height}`)).toEqual(['320x180', '480x272', '320x180'])
    for (const { keyframe, track, data } of watched.packets) {
      if (keyframe) expect(data.includes(units[track.width === 480 ? 10 : 0]![0]!)).toBe(true)
    }
  })

  const passwords = ['plain', 'p@ss:w#rd%41/?', 'with a space', 'niño "quoted" \\ back']
  const gates: Partial<FakeCameraSettings>[] = [
    { auth: 'basic' },
    { auth: 'digest' },
    { auth: 'digest', qop: true },
    { auth: 'digest', algorithm: 'SHA-256', qop: true },
    { auth: 'digest', algorithm: 'MD5' },
  ]
  it.each(gates.flatMap((gate) => passwords.map((password) => [JSON.stringify(gate), password, gate] as const)))(
    'logs in by %s with the password %j',
    async (_, password, gate) => {
      const credentials = { user: 'admin', password }
      await using camera = await startFakeCamera({ clip: single, ...gate, credentials })
      await using watched = watchSource({ url: camera.url, credentials })
      await vi.waitFor(() => expect(camera.requests).toContain('PLAY'), SOON)
      await watched.stop()
      expect(camera.requests.at(-1)).toBe('TEARDOWN')
      expect(camera.uris.join()).not.toContain('admin')
    },
  )

  it('takes a password as people type it into a URL', async () => {
    const credentials = { user: 'admin', password: 'pa/s?w#r:d%1' }
    await using camera = await startFakeCamera({ clip: single, credentials })
    await using watched = watchSource({ url: camera.url.replace('//', '//admin:pa/s?w#r:d%1@') })
    await atLeast(1, watched)
  })

  it('logs in again when the nonce has become stale', async () => {
    const credentials = { user: 'admin', password: 'secret' }
    await using camera = await startFakeCamera({ clip: single, credentials, nonceUses: 1, sessionTimeout: 1 })
    await using watched = watchSource({ url: camera.url, credentials, options: { keepaliveMarginMs: 900 } })
    await vi.waitFor(() => expect(camera.requests.filter((method) => method === 'GET_PARAMETER').length).toBeGreaterThan(2), SOON)
    const lastRefused = camera.refusedLogins
    await watched.stop()
    expect(camera.requests.at(-1)).toBe('TEARDOWN')
    expect(camera.sessions).toBe(0)
    expect(camera.refusedLogins).toBe(lastRefused)
  })

  it('gives a wrong password up after trying it once', async () => {
    await using camera = await startFakeCamera({ clip: single, credentials: { user: 'admin', password: 'right' } })
    const watched = watchSource({ url: camera.url, credentials: { user: 'admin', password: 'hunter2' } })
    await expect(watched.ended).rejects.toMatchObject({ code: 'auth_failed' })
    await expect(watched.ended).rejects.not.toThrow(/hunter2/)
    expect(camera.requests.filter((method) => method === 'DESCRIBE')).toHaveLength(2)
    await vi.waitFor(() => expect(camera.connections).toBe(0), SOON)
  })

  it('says so when the camera wants a password and none is configured', async () => {
    await using camera = await startFakeCamera({ clip: single, credentials: { user: 'admin', password: 'right' } })
    await expect(watchSource({ url: camera.url }).ended).rejects.toMatchObject({ code: 'auth_failed' })
    expect(camera.requests).toEqual(['OPTIONS', 'DESCRIBE'])
  })

  it.each([
    [404, 'DESCRIBE', 'stream_not_found'],
    [454, 'DESCRIBE', 'stream_not_found'],
    [403, 'DESCRIBE', 'busy'],
    [453, 'SETUP', 'busy'],
    [503, 'PLAY', 'busy'],
    [461, 'SETUP', 'unsupported'],
    [302, 'DESCRIBE', 'unsupported'],
    [500, 'DESCRIBE', 'protocol_error'],
  ])('turns a %i to %s into %s', async (status, method, code) => {
    await using camera = await startFakeCamera({ clip: single, answers: { [method]: status } })
    await expect(watchSource({ url: camera.url }).ended).rejects.toMatchObject({ code })
    await vi.waitFor(() => expect(camera.connections).toBe(0), SOON)
  })

  /** Answers every DESCRIBE with the address that is named; what was asked is kept. */
  const startReferrer = async (location: () => string) => {
    const asked: string[] = []
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy())
      socket.on('data', (data) => {
        asked.push(data.toString())
        const sequence = /CSeq: (\d+)/.exec(data.toString())?.[1]
        const isDescribe = data.toString().startsWith('DESCRIBE')
        socket.write(`RTSP/1.0 ${isDescribe ? `302 Found\r\nLocation: ${location()}` : '200 OK'}\r\nCSeq: ${sequence}\r\n\r\n`)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const url = `rtsp://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/old`
    return { url, asked, [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) }
  }

  it('follows a camera that refers to another address, without the password for the first', async () => {
    await using camera = await startFakeCamera({ clip: single })
    await using referrer = await startReferrer(() => camera.url)
    await using watched = watchSource({ url: referrer.url, credentials: { user: 'admin', password: 'canary' } })
    await atLeast(5, watched)
    expect(camera.requests.slice(0, 3)).toEqual(['OPTIONS', 'DESCRIBE', 'SETUP'])
    expect(referrer.asked.join()).not.toContain('Authorization')
  })

  it('keeps its password from the address that it is referred to, even when that asks for it', async () => {
    const credentials = { user: 'admin', password: 'canary' }
    await using other = await startFakeCamera({ clip: single, credentials, auth: 'several' })
    await using referrer = await startReferrer(() => other.url)
    await expect(watchSource({ url: referrer.url, credentials }).ended).rejects.toMatchObject({ code: 'auth_failed' })
    expect(other.requests).toContain('DESCRIBE')
    expect(other.authorizations).toEqual([])
  })

  it('does not follow a camera in circles, nor to anything but RTSP', async () => {
    await using circle = await startReferrer(() => '/again')
    await expect(watchSource({ url: circle.url }).ended).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('more than 3 times'),
    })
    expect(circle.asked.filter((request) => request.startsWith('DESCRIBE'))).toHaveLength(4)
    await using trap = await startReferrer(() => 'file:///etc/passwd')
    await expect(watchSource({ url: trap.url }).ended).rejects.toMatchObject({ code: 'unsupported' })
  })

  it('names the codecs it found where none is known', async () => {
    await using camera = await startFakeCamera({ clip: single, editSdp: (sdp) => sdp.replace('H264/', 'VP8/') })
    await expect(watchSource({ url: camera.url }).ended).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('VP8 video'),
    })
  })

  it('tells how far a visit came: the connection, the login, and all that is offered', async () => {
    const credentials = { user: 'admin', password: 'right' }
    const editSdp = (sdp: string) => `${sdp.replace('H264/', 'VP8/')}m=audio 0 RTP/AVP 8\r\n`
    await using camera = await startFakeCamera({ clip: single, credentials, editSdp })
    const watched = watchSource({ url: camera.url, credentials })
    await expect(watched.ended).rejects.toMatchObject({ code: 'unsupported' })
    const { connectMs, isLoggedIn, media } = watched.source.visit ?? {}
    expect(connectMs).toBeGreaterThan(0)
    expect(isLoggedIn).toBe(true)
    expect(media?.map(({ kind, formats }) => [kind, formats[0]?.codec])).toEqual([
      ['video', 'VP8'],
      ['audio', 'PCMA'],
    ])
  })

  it('keeps the session alive in the dialect that the camera accepts', async () => {
    await using camera = await startFakeCamera({ clip: single, sessionTimeout: 1, answers: { GET_PARAMETER: 454 } })
    await using watched = watchSource({ url: camera.url, options: { keepaliveMarginMs: 900 } })
    await vi.waitFor(() => expect(camera.requests.filter((method) => method === 'OPTIONS').length).toBeGreaterThan(2), SOON)
    expect(camera.requests.filter((method) => method === 'GET_PARAMETER')).toHaveLength(1)
    expect(watched.packets.length).toBeGreaterThan(0)
  })

  it('reports on what it receives, and learns how far the camera’s clock is off', async () => {
    await using camera = await startFakeCamera({ clip: single, senderReportMs: 100 })
    await using watched = watchSource({ url: camera.url, options: { receiverReportMs: 100 } })
    await vi.waitFor(() => expect(camera.requests.filter((method) => method === 'RTCP').length).toBeGreaterThan(2), SOON)
    expect(Math.abs(watched.source.statistics?.cameraClockOffsetMs ?? Number.NaN)).toBeLessThan(1000)
  })

  it('tears the session down when it is aborted, within a second', async () => {
    await using camera = await startFakeCamera({ clip: single })
    const watched = watchSource({ url: camera.url })
    await atLeast(3, watched)
    const begun = performance.now()
    await watched.stop()
    expect(performance.now() - begun).toBeLessThan(1000)
    expect(camera.requests.at(-1)).toBe('TEARDOWN')
    const count = watched.packets.length
    await vi.waitFor(() => expect(camera.connections).toBe(0), SOON)
    expect(watched.packets).toHaveLength(count)
  })

  it('leaves within a second when the camera does not answer TEARDOWN', async () => {
    await using camera = await startFakeCamera({ clip: single, mute: ['TEARDOWN'] })
    const watched = watchSource({ url: camera.url })
    await atLeast(1, watched)
    const begun = performance.now()
    await watched.stop()
    expect(performance.now() - begun).toBeGreaterThan(400)
    expect(performance.now() - begun).toBeLessThan(1000)
    expect(camera.requests.at(-1)).toBe('TEARDOWN')
  })

  it.each(['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY'])(
    'leaves within a second when it is aborted while %s is unanswered',
    async (method) => {
      await using camera = await startFakeCamera({ clip: single, mute: [method] })
      const watched = watchSource({ url: camera.url })
      await vi.waitFor(() => expect(camera.requests.at(-1)).toBe(method), SOON)
      const begun = performance.now()
      await watched.stop()
      expect(performance.now() - begun).toBeLessThan(1000)
      await vi.waitFor(() => expect(camera.connections).toBe(0), SOON)
      expect(camera.requests.at(-1)).toBe(method === 'PLAY' ? 'TEARDOWN' : method)
    },
  )

  it('hands a picture over within milliseconds of its last packet', async () => {
    await using camera = await startFakeCamera({ clip: single })
    await using watched = watchSource({ url: camera.url })
    await atLeast(40, watched)
    const delays = watched.packets.slice(1).map((packet, i) => {
      const epochMs = watched.arrivals[i + 1]?.epochMs ?? 0
      const frame = pictureNumber(single, packet)
      const written = camera.written.findLast((entry) => entry.frame === frame && entry.at <= epochMs + 5)
      return epochMs - (written?.at ?? 0)
    })
    expect(delays.sort((a, b) => a - b)[Math.floor(delays.length / 2)]).toBeLessThan(5)
  })

  it('ends with closed when the camera dies, and can run again when it is back', async () => {
    await using camera = await startFakeCamera({ clip: single })
    const watched = watchSource({ url: camera.url })
    await atLeast(3, watched)
    await camera.kill()
    await expect(watched.ended).rejects.toMatchObject({ code: 'closed' })
    await expect(watchSource({ url: camera.url }).ended).rejects.toMatchObject({ code: 'refused' })
    await camera.revive()
    await using again = watchSource({ url: camera.url })
    await atLeast(3, again)
  })

  it('resolves at once when it was aborted before it began', async () => {
    const source = new RtspSource({ url: parseCameraUrl('rtsp://192.0.2.1/'), log: SILENT_LOG })
    const output = { track: () => expect.unreachable(), packet: () => expect.unreachable() }
    await expect(source.run(output, AbortSignal.abort())).resolves.toBeUndefined()
  })
})

describe('an RTSP source at something else', () => {
  it.each([
    ['an HTTP server', 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n', 'protocol_error'],
    ['an SSH server', 'SSH-2.0-OpenSSH_9.2\r\n', 'protocol_error'],
    ['an endless header', `RTSP/1.0 200 OK\r\nX: ${'x'.repeat(17_000)}`, 'protocol_error'],
    ['a huge body', 'RTSP/1.0 200 OK\r\nContent-Length: 9999999\r\n\r\n', 'protocol_error'],
    ['a negative body', 'RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n', 'protocol_error'],
  ])('gives %s up with a reason', async (_, answer, code) => {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy())
      socket.on('data', () => socket.write(answer))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const watched = watchSource({ url: `rtsp://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/` })
    await expect(watched.ended).rejects.toMatchObject({ code })
    await new Promise((resolve) => server.close(resolve))
  })

  it('calls a host that says nothing unreachable', async () => {
    const server = createServer((socket) => socket.on('error', () => socket.destroy()).resume())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const url = `rtsp://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`
    await expect(watchSource({ url, options: { answerMs: 50 } }).ended).rejects.toMatchObject({ code: 'unreachable' })
    await new Promise((resolve) => server.close(resolve))
  })

  it('calls a name that does not exist unreachable', async () => {
    await expect(watchSource({ url: 'rtsp://camera.invalid/' }).ended).rejects.toMatchObject({ code: 'unreachable' })
  })
})
