import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { BRAND_NAMES, BRANDS, brandAddress, brandPath, recognizeBrand } from './brands.ts'
import type { CameraConfig } from './config.ts'
import { parseConfigText } from './load-config.ts'

function cameraOf(settings: string): CameraConfig {
  const config = parseConfigText(`cameras: { a: { ${settings} } }`, { file: 'atalaya.yaml', environment: {} })
  const camera = config.config.cameras.get('a')
  if (!camera) throw new Error('there is no camera')
  return camera
}

const addressOf = (source: CameraConfig['sub']) => (source && 'url' in source ? String(source.url) : undefined)

describe('a brand', () => {
  it.each([
    ['amcrest', '/cam/realmonitor?channel=2&subtype=0', '/cam/realmonitor?channel=2&subtype=1'],
    ['dahua', '/cam/realmonitor?channel=2&subtype=0', '/cam/realmonitor?channel=2&subtype=1'],
    ['hikvision', '/Streaming/Channels/201', '/Streaming/Channels/202'],
    ['reolink', '/h264Preview_02_main', '/h264Preview_02_sub'],
    [
      'axis',
      '/axis-media/media.amp?camera=2&videocodec=h264',
      '/axis-media/media.amp?camera=2&videocodec=h264&resolution=640x360',
    ],
    ['tapo', '/stream1', '/stream2'],
    ['foscam', ':88/videoMain', ':88/videoSub'],
  ])('%s has both of its streams, with the login beside and not inside', (brand, main, sub) => {
    const camera = cameraOf(`brand: ${brand}, host: 10.0.0.5, channel: 2, user: admin, password: canary`)
    expect([addressOf(camera.source), addressOf(camera.sub)]).toEqual([`rtsp://10.0.0.5${main}`, `rtsp://10.0.0.5${sub}`])
    for (const source of [camera.source, camera.sub]) {
      expect(source?.kind === 'rtsp' && source.url.credentials?.password.reveal()).toBe('canary')
    }
    expect(camera.ip).toBe('10.0.0.5')
  })

  it('gives one stream where one is named, at the port that is named', () => {
    const camera = cameraOf('brand: amcrest, host: "fd00::5", port: 5554, stream: sub')
    expect(addressOf(camera.source)).toBe('rtsp://[fd00::5]:5554/cam/realmonitor?channel=1&subtype=1')
    expect(camera.sub).toBeUndefined()
  })

  it('knows where its pictures are over HTTP, where it has any', () => {
    expect(brandPath('amcrest', 'mjpeg', 'sub')).toBe('/cgi-bin/mjpg/video.cgi?channel=1&subtype=1')
    expect(brandPath('hikvision', 'snapshot', 'main', 3)).toBe('/ISAPI/Streaming/channels/301/picture')
    expect(brandPath('axis', 'mjpeg', 'sub')).toBe('/axis-cgi/mjpg/video.cgi?camera=1&resolution=640x360')
    expect(brandPath('tapo', 'mjpeg', 'main')).toBeUndefined()
  })

  it('says how the camera is moved, also beside an address', () => {
    const { control } = cameraOf('brand: amcrest, rtsp: rtsp://admin:canary@10.0.0.5/x, httpPort: 8080')
    expect(control).toMatchObject({ protocol: 'dahua', channel: 1 })
    expect(String(control?.url)).toBe('http://10.0.0.5:8080')
    expect(String(cameraOf('brand: reolink, host: 10.0.0.5').control?.url)).toBe('http://10.0.0.5:8000')
    expect(cameraOf('brand: amcrest, host: 10.0.0.5, onvif: 81').control).toMatchObject({ protocol: 'onvif', url: { port: 81 } })
    expect(cameraOf('brand: amcrest, host: 10.0.0.5, onvif: false').control).toBeUndefined()
    expect(cameraOf('rtsp: rtsp://10.0.0.5/x').control).toBeUndefined()
  })

  it('of any make that speaks ONVIF is asked for its streams', () => {
    const camera = cameraOf('brand: onvif, host: 10.0.0.5, port: 8899, channel: 2')
    expect(camera.source).toMatchObject({ kind: 'onvif', stream: 'main', channel: 2, url: { host: '10.0.0.5', port: 8899 } })
    expect(camera.sub).toMatchObject({ kind: 'onvif', stream: 'sub' })
    expect(String(camera.control?.url)).toBe('http://10.0.0.5:8899')
  })
})

describe.each(['cameras.md', 'cameras.es.md'])('docs/%s', (page) => {
  it('has each brand with its addresses and the publication that they are from, and no other', () => {
    const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8')
    const rows = [...text.matchAll(/^\| `(\w+)` \| `([^`]*)` \| `([^`]*)` \| (.*?) \| (.*?) \| (\d+) \| (\S+) \| (.*?) \|$/gm)]
    const cell = (path: string | undefined) => (path === undefined ? '–' : `\`${path}\``)
    const place = { host: 'HOST' }
    expect(rows.map((row) => row.slice(1))).toEqual(
      BRAND_NAMES.map((name) => [
        name,
        brandAddress(name, 'main', place),
        brandAddress(name, 'sub', place),
        cell(brandPath(name, 'mjpeg', 'sub')),
        cell(brandPath(name, 'snapshot', 'main')),
        String(BRANDS[name].onvifPort),
        BRANDS[name].ptz,
        BRANDS[name].source,
      ]),
    )
  })
})

describe('an address', () => {
  it.each(BRAND_NAMES.filter((name) => name !== 'tapo' && name !== 'onvif'))('of %s is recognized, with its channel', (name) => {
    const channel = BRANDS[name].stream.includes('{channel') ? 3 : 1
    for (const stream of ['main', 'sub'] as const) {
      const path = brandAddress(name, stream, { host: 'h', channel }).replace(/^rtsp:\/\/[^/]+/, '')
      const found = recognizeBrand(path)
      expect(found?.brands).toContain(name)
      expect(found?.channel).toBe(channel)
    }
  })

  it.each(['/stream1', '/live', '/', '/videoMainX', '/Streaming/Channels/1011x'])('that may be anybody’s is not: %s', (path) => {
    expect(recognizeBrand(path)).toBeUndefined()
  })
})
