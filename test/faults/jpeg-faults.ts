import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pause } from '../../bench/waiting.ts'
import { ffmpeg } from '../engine/clips.ts'
import { atLeast, atMost, type Fault, type Finding, holds, within } from './fault.ts'
import type { Lab } from './lab.ts'

/** Cameras over HTTP whose parts are no pictures. */
export const jpegFaults: readonly Fault[] = [
  { id: 'F15', what: 'HTTP camera: every other part cut off, empty, mislabelled, or no JPEG at all', run: brokenParts },
  { id: 'F15/huge', what: 'HTTP camera: a part of 30 MB, and one that claims 65,535 pixels a side', run: hugeParts },
]

async function brokenParts(lab: Lab): Promise<Finding> {
  const good = await picture('testsrc2')
  const camera = lab.use(await JpegCamera.start(good))
  camera.between = [
    part(good.subarray(0, good.length >> 1)),
    part(good.subarray(0, -2)),
    part(Buffer.alloc(0)),
    part(Buffer.from('<html>no picture</html>')),
    part(Buffer.concat([good.subarray(0, 200), Buffer.from('ffd9', 'hex')])),
    part(good.subarray(0, 300), 'Content-Length: 99999'),
    part(good.subarray(0, 300), 'Content-Length: -1'),
    Buffer.concat([Buffer.from('\r\n'), good.subarray(2, 900)]),
    part(claiming(0, 0)),
  ]
  await lab.start({ patient: camera.url })
  const viewer = await lab.watch('patient')
  await lab.begin()
  viewer.reset()
  const [sent, began] = [camera.sent, performance.now()]
  let foreign = 0
  let at = -1
  while (performance.now() - began < lab.choose(20, 5) * 1000) {
    await pause(0.01)
    const { newest } = viewer
    if (newest && newest.sequence !== at && !newest.data.equals(good)) foreign++
    at = newest?.sequence ?? at
  }
  const share = (viewer.distinct / Math.max(1, camera.sent - sent)) * 100
  return {
    checks: [
      atLeast('of the good pictures were shown', share, 90, '%'),
      atMost('pictures that are not the camera’s, byte by byte', foreign, 0),
      atMost('connections lost', (await lab.status('patient')).reconnects, 0),
      holds('on the same response', !viewer.isClosed),
    ],
  }
}

async function hugeParts(lab: Lab): Promise<Finding> {
  const good = await picture('testsrc2')
  const camera = lab.use(await JpegCamera.start(good))
  await lab.start({ patient: camera.url })
  const viewer = await lab.watch('patient')
  await lab.begin()
  viewer.reset()
  camera.once(part(claiming(0xffff, 0xffff)))
  await viewer.morePictures(20, 10)
  const { reconnects } = await lab.status('patient')
  camera.once(part(Buffer.concat([good.subarray(0, -2), Buffer.alloc(30_000_000, 1)])))
  const recovered = await viewer.nextPicture(20)
  await viewer.morePictures(20, 10)
  const { before, after } = await lab.report()
  return {
    recovered,
    checks: [
      atMost('connections lost by a picture of 4,295 megapixels', reconnects, 0),
      within('pictures are back after the part of 30 MB', recovered, 3),
      atMost('memory, growth', (after.memory - before.memory) / 1e6, 64, 'MB'),
      holds('on the same response', !viewer.isClosed),
    ],
  }
}

async function picture(source: string): Promise<Buffer> {
  return ffmpeg(['-f', 'lavfi', '-i', `${source}=size=320x240`, '-frames:v', '1', '-huffman', 'default', '-f', 'mjpeg', 'pipe:1'])
}

/** A start of a JPEG that says it is so large, and nothing behind it. */
function claiming(width: number, height: number): Buffer {
  const hex = (value: number) => value.toString(16).padStart(4, '0')
  return Buffer.from(`ffd8ffc0000b08${hex(height)}${hex(width)}01011100ffda0008010100003f0001ffd9`, 'hex')
}

function part(body: Buffer, header = `Content-Length: ${body.length}`): Buffer {
  return Buffer.concat([Buffer.from(`--part\r\nContent-Type: image/jpeg\r\n${header}\r\n\r\n`), body, Buffer.from('\r\n')])
}

/** Sends the same picture twenty times a second, and what it is told to send between two of them. */
class JpegCamera implements AsyncDisposable {
  /** Good pictures that were sent. */
  sent = 0
  between: readonly Buffer[] = []
  readonly #server: Server
  readonly #good: Buffer
  #next: Buffer | undefined
  #count = 0

  static async start(good: Buffer): Promise<JpegCamera> {
    const camera = new JpegCamera(good)
    await once(camera.#server.listen(0, '127.0.0.1'), 'listening')
    return camera
  }

  private constructor(good: Buffer) {
    this.#good = part(good)
    this.#server = createServer((_, response) => this.#serve(response))
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/video`
  }

  /** Sends this before the next picture. */
  once(bytes: Buffer): void {
    this.#next = bytes
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  #serve(response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'multipart/x-mixed-replace; boundary=part' })
    const timer = setInterval(() => {
      const between = this.#next ?? this.between[this.#count++ % Math.max(1, this.between.length)]
      this.#next = undefined
      if (between) response.write(between)
      response.write(this.#good)
      this.sent++
    }, 50)
    response.on('close', () => clearInterval(timer))
    response.on('error', () => response.destroy())
  }
}
