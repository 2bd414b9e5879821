import { describe, expect, it, vi } from 'vitest'
import { requirePeer } from '../peers/required.ts'
import { listModes, readOptions } from './command-line.ts'
import { startMjpeg, startRtsp } from './hand-run-camera.ts'
import { watchSource } from './watched-source.ts'

const SOON = { timeout: 20_000, interval: 10 }
const SMALL = ['--port', '0', '--size', '320x192', '--fps', '30', '--gop', '10', '--bitrate', '600000']

describe('npm run fake-camera', () => {
  it('names its modes, and refuses others', async () => {
    expect(listModes()).toMatch(/^RTSP, requests\n {2}exact-cseq +wants/)
    expect(listModes()).toContain('HTTP (--http), forms')
    await expect(startRtsp(readOptions(['--mode', 'polite']))).rejects.toThrow('no mode polite')
    await expect(startMjpeg(readOptions(['--http', '--mode', 'sha256,deaf']))).rejects.toThrow('no mode deaf')
    expect(() => readOptions(['--codec', 'vp8'])).toThrow('not vp8')
    expect(() => readOptions(['--polite'])).toThrow()
  })
})

describe.runIf(requirePeer('ffmpeg'))('a camera that is run by hand', () => {
  it('has the modes that it was given, and does what it is told meanwhile', async () => {
    const camera = await startRtsp(readOptions([...SMALL, '--mode', 'sha256,two-names', '--mode', 'reorder']))
    try {
      await using watched = watchSource({ url: camera.urlToWatch })
      await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(5), SOON)
      expect(watched.source.reception).toEqual({ transport: 'udp', lostPackets: 0, lostPictures: 0 })
      expect(camera.state()).toContain('1 sessions')
      await camera.commands.get('size')?.('480x272')
      await vi.waitFor(() => expect(watched.packets.at(-1)?.track.width).toBe(480), SOON)
      await camera.commands.get('kill')?.('')
      await expect(watched.ended).rejects.toMatchObject({ code: 'closed' })
    } finally {
      await camera.stop()
    }
  })

  it('begins with its fault when it is time for that', async () => {
    const camera = await startRtsp(readOptions([...SMALL, '--mode', 'video-dead']))
    try {
      await using watched = watchSource({ url: camera.urlToWatch })
      await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(5), SOON)
      camera.begins?.()
      const sounds = watched.audio.length
      await vi.waitFor(() => expect(watched.audio.length).toBeGreaterThan(sounds + 10), SOON)
      const pictures = watched.packets.length
      await vi.waitFor(() => expect(watched.audio.length).toBeGreaterThan(sounds + 20), SOON)
      expect(watched.packets).toHaveLength(pictures)
    } finally {
      await camera.stop()
    }
  })

  it('shows JPEGs over HTTP to those who may watch', async () => {
    const camera = await startMjpeg(
      readOptions(['--http', '--port', '0', '--size', '320x192', '--user', 'a b', '--password', 'c/d']),
    )
    try {
      expect(camera.urlToWatch).toContain('//a%20b:c%2Fd@127.0.0.1:')
      expect((await fetch(camera.url)).status).toBe(401)
      expect(camera.state()).toBe('0 viewers, 1 requests so far')
    } finally {
      await camera.stop()
    }
  })
})
