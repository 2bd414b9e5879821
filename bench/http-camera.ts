import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { descendants } from '../test/e2e/gateway-process.ts'
import { MjpegReader } from '../test/e2e/mjpeg-reader.ts'
import { ffmpeg } from '../test/engine/clips.ts'
import { startGateway } from './gateway.ts'
import { LightViewer } from './light-viewer.ts'
import { processUsage } from './process-usage.ts'
import type { Scenario } from './scenario.ts'
import { pause, waitUntil } from './waiting.ts'

/** A camera that sends JPEGs, for many: they are handed on as they came. */
export const httpCamera: Scenario = {
  name: 'http-camera',
  title: 'an HTTP camera of 1920x1080 JPEGs at 30 pictures a second, 20 viewers',
  async run({ isQuick }) {
    const film = await makeFilm()
    await using camera = await startJpegCamera(film)
    await using gateway = await startGateway([camera.url])
    const viewers = Array.from({ length: VIEWERS }, () => new LightViewer(`${gateway.url}/camera/1`))
    try {
      await pause(3)
      const before = viewers.map(({ distinct }) => distinct)
      const usage = processUsage(gateway.pid)
      const began = performance.now()
      await pause(isQuick ? 15 : 60)
      const elapsed = (performance.now() - began) / 1000
      const rates = viewers.map(({ distinct }, index) => (distinct - (before[index] ?? 0)) / elapsed)
      const cpu = (processUsage(gateway.pid).cpu - usage.cpu) / elapsed
      const foreign = await countForeign(`${gateway.url}/camera/1`, film)
      const bytes = film.reduce((sum, { length }) => sum + length, 0) / film.length
      const figures = [
        { what: `pictures a second, the slowest of ${VIEWERS}`, value: Math.min(...rates), bar: { atLeast: 29.5 } },
        { what: 'processor, all processes', value: cpu * 100, unit: '% of a core', bar: { atMost: 15 } },
        { what: 'engine processes', value: (await descendants(gateway.pid)).length, bar: { atMost: 0 } },
        { what: 'pictures that are not what the camera sent', value: foreign, bar: { atMost: 0 } },
        { what: 'size of a picture', value: bytes / 1000, unit: 'kB' },
      ]
      return { figures, readings: { rates } }
    } finally {
      for (const viewer of viewers) viewer[Symbol.dispose]()
    }
  },
}

const VIEWERS = 20
const FPS = 30

/** Of a hundred pictures that a viewer gets, those that are not byte for byte ones of the film. */
async function countForeign(url: string, film: readonly Buffer[]): Promise<number> {
  using viewer = new MjpegReader(url)
  await waitUntil('a hundred pictures', () => viewer.pictures.length >= 100, 30)
  return viewer.pictures.filter(({ data }) => !film.some((jpeg) => jpeg.equals(data))).length
}

async function makeFilm(): Promise<Buffer[]> {
  const pictures = ['-f', 'lavfi', '-i', `testsrc2=size=1920x1080:rate=${FPS}`, '-frames:v', '30', '-pix_fmt', 'yuvj420p']
  const film = await ffmpeg([...pictures, '-c:v', 'mjpeg', '-q:v', '5', '-f', 'mjpeg', 'pipe:1'])
  const begins: number[] = []
  for (let at = film.indexOf(SOI); at >= 0; at = film.indexOf(SOI, at + 2)) begins.push(at)
  return begins.map((begin, index) => film.subarray(begin, begins[index + 1]))
}

const SOI = Buffer.from([0xff, 0xd8, 0xff])

/** As mjpg-streamer writes it. */
async function startJpegCamera(film: readonly Buffer[]): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'multipart/x-mixed-replace; boundary=b' })
    let count = 0
    const began = performance.now()
    const send = () => {
      const jpeg = film[count++ % film.length] ?? SOI
      response.write(`--b\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`)
      response.write(jpeg)
      response.write('\r\n')
      timer = setTimeout(send, Math.max(0, began + (count * 1000) / FPS - performance.now()))
    }
    let timer = setTimeout(send, 0)
    response.on('close', () => clearTimeout(timer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, [Symbol.asyncDispose]: close }
}
