import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { CameraStatus } from '../../src/api/camera-status.ts'
import { parseJpegHeader } from '../../src/media/jpeg.ts'
import { ffmpeg, hasFfmpeg } from '../engine/clips.ts'
import { requirePeer } from '../peers/required.ts'
import { BROWSERS } from './browser.ts'
import { descendants, type GatewayProcess, startGatewayProcess } from './gateway-process.ts'
import { MjpegReader } from './mjpeg-reader.ts'

const SOON = { timeout: 10_000, interval: 20 }

describe.runIf(hasFfmpeg)('a camera over HTTP', () => {
  let pictures: Buffer[]
  let camera: Server | undefined
  let gateway: GatewayProcess | undefined

  beforeAll(async () => {
    const film = [
      '-f',
      'lavfi',
      '-i',
      'testsrc2=size=320x240:rate=10',
      '-frames:v',
      '20',
      '-pix_fmt',
      'yuvj420p',
      '-huffman',
      'default',
    ]
    pictures = splitJpegs(await ffmpeg([...film, '-c:v', 'mjpeg', '-f', 'mjpeg', 'pipe:1']))
  })

  afterEach(async () => {
    await gateway?.[Symbol.asyncDispose]()
    camera?.closeAllConnections()
    camera?.close()
    gateway = undefined
  })
  afterAll(() => camera?.close())

  /** Serves the camera on a free port, and a gateway that shows it; a neighbour is another camera, at this path. */
  const show = async (listener: RequestListener, path = '/video', settings = '', neighbour?: string): Promise<GatewayProcess> => {
    const server = createServer(listener)
    camera = server
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const other = neighbour === undefined ? '' : `, neighbour: "${origin}${neighbour}"`
    gateway = await startGatewayProcess({ config: `cameras: { door: { url: "${origin}${path}"${settings} }${other} }\n` })
    return gateway
  }

  /** One of the wire forms that cameras and servers really use. */
  const stream = (
    write: (response: ServerResponse, jpeg: Buffer, index: number) => void,
    contentType: string,
  ): RequestListener => {
    return (_request, response) => {
      response.writeHead(200, { 'Content-Type': contentType })
      let index = 0
      const timer = setInterval(() => write(response, pictures[index++ % pictures.length]!, index), 50)
      response.on('close', () => clearInterval(timer))
    }
  }

  const known = (data: Buffer) => pictures.some((picture) => picture.equals(data))
  const status = async (of: GatewayProcess) => (await of.getJson<Record<string, CameraStatus>>('/status'))['door']

  const forms: [string, string, (response: ServerResponse, jpeg: Buffer, index: number) => void][] = [
    [
      'with Content-Length, as mjpg-streamer and ustreamer write it',
      'multipart/x-mixed-replace;boundary=boundarydonotcross',
      (response, jpeg) => {
        response.write(
          `--boundarydonotcross\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\nX-Timestamp: 1.5\r\n\r\n`,
        )
        response.write(jpeg)
        response.write('\r\n')
      },
    ],
    [
      'without any length and with a quoted, dashed boundary',
      'multipart/x-mixed-replace; boundary="--myboundary"',
      (response, jpeg) => response.write(Buffer.concat([Buffer.from('----myboundary\r\nContent-type: image/jpeg\n\n'), jpeg])),
    ],
    [
      'whose lengths are wrong and whose parts begin with junk',
      'multipart/x-mixed-replace; boundary=x',
      (response, jpeg) => {
        response.write('--y\r\nContent-Type: image/jpeg\r\nContent-Length: -1\r\n\r\njunk\0\xff\xff')
        response.write(jpeg.subarray(0, 99))
        response.write(jpeg.subarray(99))
      },
    ],
    ['that says nothing of its kind', 'application/octet-stream', (response, jpeg) => response.write(jpeg)],
  ]
  it.each(forms)('%s, is shown untouched, and nothing is decoded', { timeout: 20_000 }, async (_, contentType, write) => {
    const shown = await show(stream(write, contentType))
    using reader = new MjpegReader(`${shown.url}/camera/door`)
    await vi.waitFor(() => expect(reader.distinct).toBeGreaterThan(10), SOON)
    expect(reader.headers['x-rendition']).toBe('320x240 native')
    for (const { data, isNotice } of reader.pictures) if (!isNotice) expect(known(data)).toBe(true)
    expect(await status(shown)).toMatchObject({ state: 'live', codec: 'jpeg', width: 320, height: 240 })
    expect(await descendants(shown.pid)).toEqual([])
  })

  it('whose pictures are cut off now and then is shown without those', { timeout: 20_000 }, async () => {
    const write = (response: ServerResponse, jpeg: Buffer, index: number) => {
      response.write('--b\r\nContent-Type: image/jpeg\r\n\r\n')
      if (index % 3 === 0) response.write(jpeg.subarray(0, jpeg.length >> 1))
      else if (index % 7 === 0) response.write('<html>no picture</html>')
      else response.write(jpeg)
      response.write('\r\n')
    }
    const shown = await show(stream(write, 'multipart/x-mixed-replace; boundary=b'))
    using reader = new MjpegReader(`${shown.url}/camera/door`)
    await vi.waitFor(() => expect(reader.distinct).toBeGreaterThan(15), SOON)
    for (const { data } of reader.pictures) expect(known(data)).toBe(true)
  })

  it.each(BROWSERS.filter(({ peer }) => requirePeer(peer)))(
    'shows in $name the next good picture after bad ones, of another size and without Huffman tables',
    { timeout: 60_000 },
    async ({ openPage }) => {
      const solid = (colour: string, size: string) =>
        ffmpeg([...['-f', 'lavfi', '-i', `color=${colour}:size=${size}`], ...JPEG_OUTPUT])
      const [red, green] = [await solid('red', '320x240'), await solid('lime', '160x120')]
      const bad = [red.subarray(0, 400), Buffer.from('<html>'), Buffer.alloc(0), green.subarray(200)]
      let next: () => Buffer = () => red
      const part = (jpeg: Buffer) => Buffer.concat([Buffer.from('--b\r\nContent-Type: image/jpeg\r\n\r\n'), jpeg])
      const shown = await show(stream((response) => response.write(part(next())), 'multipart/x-mixed-replace; boundary=b'))
      await vi.waitFor(async () => expect((await status(shown))?.state).toBe('live'), SOON)
      await using page = await openPage()
      await page.goto(`${shown.url}/status`)
      await vi.waitFor(async () => expect(await page.evaluate('location.pathname')).toBe('/status'), SOON)
      await page.evaluate(WATCH_COLOUR)
      const colour = () => page.evaluate<string>('window.colourOf()')
      await vi.waitFor(async () => expect(await colour()).toBe('red'), SOON)
      let count = 0
      next = () => bad[count++ % bad.length] ?? red
      await vi.waitFor(() => expect(count).toBeGreaterThan(12), SOON)
      expect(await colour()).toBe('red')
      const bare = withoutHuffmanTables(green)
      next = () => bare
      const began = performance.now()
      await vi.waitFor(async () => expect(await colour()).toBe('green'), { timeout: 5000, interval: 10 })
      expect(performance.now() - began).toBeLessThan(1000)
    },
  )

  it('is scaled by an engine for one who asks for a smaller picture', { timeout: 20_000 }, async () => {
    const shown = await show(stream((response, jpeg) => response.write(jpeg), 'multipart/x-mixed-replace; boundary=b'))
    const answer = await fetch(`${shown.url}/camera/door/snapshot?width=160`)
    expect(answer.status).toBe(200)
    expect(parseJpegHeader(Buffer.from(await answer.arrayBuffer()))).toEqual({ width: 160, height: 120 })
  })

  it('that answers with single pictures is asked again and again, one request at a time', { timeout: 20_000 }, async () => {
    let asked = 0
    let open = 0
    let most = 0
    let unchanged = 0
    const shown = await show(
      (request, response) => {
        most = Math.max(most, ++open)
        response.on('close', () => open--)
        const picture = pictures[Math.floor(asked++ / 2) % pictures.length]!
        const etag = `"${createHash('md5').update(picture).digest('hex')}"`
        if (request.headers['if-none-match'] === etag) {
          unchanged++
          response.writeHead(304).end()
        } else response.writeHead(200, { 'Content-Type': 'image/jpeg', ETag: etag }).end(picture)
      },
      '/shot.jpg',
      ', fps: 20',
    )
    using reader = new MjpegReader(`${shown.url}/camera/door`)
    await vi.waitFor(() => expect(reader.distinct).toBeGreaterThan(12), SOON)
    for (const { data } of reader.pictures) expect(known(data)).toBe(true)
    expect(most).toBe(1)
    expect(unchanged).toBeGreaterThan(3)
  })

  it.each<[string, string, RequestListener]>([
    [
      'answers with a page',
      'unsupported',
      (_, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>'),
    ],
    [
      'packs what it sends',
      'unsupported',
      (_, response) => response.writeHead(200, { 'Content-Type': 'image/jpeg', 'Content-Encoding': 'gzip' }).end('x'),
    ],
    ['wants a login', 'auth-failed', (_, response) => response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end()],
    ['has nothing there', 'stream-not-found', (_, response) => response.writeHead(404).end()],
    ['has no room', 'busy', (_, response) => response.writeHead(503).end()],
    ['refers to itself for ever', 'unsupported', (_, response) => response.writeHead(302, { Location: '/video' }).end()],
    ['refers to a file', 'unsupported', (_, response) => response.writeHead(302, { Location: 'file:///etc/passwd' }).end()],
    [
      'sends no picture at all',
      'protocol-error',
      (_, response) => response.writeHead(200, { 'Content-Type': 'multipart/x-mixed-replace' }).end(Buffer.alloc(3_000_000, 'x')),
    ],
    [
      'sends one picture without end',
      'protocol-error',
      (_, response) => endless(response.writeHead(200, { 'Content-Type': 'image/jpeg' })),
    ],
    [
      'names no boundary and no length',
      'closed',
      (_, response) => response.writeHead(200, { 'Content-Type': 'multipart/x-mixed-replace' }).end('--\r\n\r\n'),
    ],
    [
      'has headers without end',
      'protocol-error',
      (_, response) => response.socket?.write(`HTTP/1.1 200 OK\r\n${'X-Y: z\r\n'.repeat(99_999)}\r\n`),
    ],
    [
      'states a length that cannot be',
      'protocol-error',
      (_, response) => response.socket?.write('HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: -1\r\n\r\n'),
    ],
  ])('that %s is offline for a reason: %s', { timeout: 20_000 }, async (_, reason, listener) => {
    const shown = await show(listener)
    await vi.waitFor(async () => expect(await status(shown)).toMatchObject({ state: 'offline', reason }), SOON)
    expect((await status(shown))?.lastError).toMatch(/^.{20,300}\.$/)
  })

  it('that begins a part of 10 GB is given up, without much memory and without anybody else noticing', async () => {
    const [, contentType, write] = forms[0]!
    const shown = await show(
      (request, response) => {
        if (request.url === '/good') return stream(write, contentType)(request, response)
        response.writeHead(200, { 'Content-Type': contentType })
        response.write(`--boundarydonotcross\r\nContent-Type: image/jpeg\r\nContent-Length: ${10 * 2 ** 30}\r\n\r\n`)
        return endless(response)
      },
      '/video',
      '',
      '/good',
    )
    using reader = new MjpegReader(`${shown.url}/camera/neighbour`)
    await vi.waitFor(async () => expect(await status(shown)).toMatchObject({ state: 'offline', reason: 'protocol-error' }), SOON)
    const count = reader.pictures.length
    await vi.waitFor(() => expect(reader.pictures.length).toBeGreaterThan(count + 40), { timeout: 20_000 })
    expect(reader.pictures.every(({ data }) => known(data))).toBe(true)
    const mostMemory = Number(/^VmHWM:\s+(\d+)/m.exec(await readFile(`/proc/${shown.pid}/status`, 'utf8'))?.[1]) / 1024
    expect(mostMemory).toBeLessThan(350)
  })

  it('keeps its password from the host that it refers to', { timeout: 20_000 }, async () => {
    const seen: (string | undefined)[] = []
    const other = createServer((request, response) => {
      seen.push(request.headers.authorization)
      response.writeHead(200, { 'Content-Type': 'image/jpeg' }).end(pictures[0])
    })
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}/there.jpg`
    await show(
      (request, response) => {
        if (request.headers.authorization) response.writeHead(302, { Location: elsewhere }).end()
        else response.writeHead(401, { 'WWW-Authenticate': 'Digest realm="x", nonce="n", qop="auth"' }).end()
      },
      '/video',
      ', user: admin, password: canary',
    )
    await vi.waitFor(() => expect(seen.length).toBeGreaterThan(0), SOON)
    expect(seen.every((authorization) => authorization === undefined)).toBe(true)
    other.closeAllConnections()
    other.close()
  })
})

const JPEG_OUTPUT = ['-frames:v', '1', '-pix_fmt', 'yuvj420p', '-c:v', 'mjpeg', '-huffman', 'default', '-f', 'mjpeg', 'pipe:1']

/** Runs in the page: an `<img>` of the camera, and what is in its middle. */
const WATCH_COLOUR = `(() => {
const image = document.createElement('img')
image.src = '/camera/door'
document.body.append(image)
window.colourOf = async () => {
  if (!image.naturalWidth) return 'none'
  // Not of the image itself: Firefox keeps what it has drawn of that on a canvas for seconds.
  const picture = await createImageBitmap(image)
  const context = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d')
  context.drawImage(picture, 0, 0, 1, 1)
  const [red, green] = context.getImageData(0, 0, 1, 1).data
  return red > 200 && green < 60 ? 'red' : green > 200 && red < 60 ? 'green' : 'other'
}
})()`

/** As cameras send them that save the bytes. */
function withoutHuffmanTables(jpeg: Buffer): Buffer {
  const kept = [jpeg.subarray(0, 2)]
  for (let at = 2; at + 4 <= jpeg.length; ) {
    const end = at + 2 + jpeg.readUInt16BE(at + 2)
    if (jpeg[at + 1] === 0xda) return Buffer.concat([...kept, jpeg.subarray(at)])
    if (jpeg[at + 1] !== 0xc4) kept.push(jpeg.subarray(at, end))
    at = end
  }
  throw new Error('the JPEG has no scan')
}

/** A picture that begins well, as fast as it is taken. */
function endless(response: ServerResponse): void {
  response.write(Buffer.from('ffd8ffda0008010100003f00', 'hex'))
  const piece = Buffer.alloc(1_000_000, 1)
  const write = () => {
    while (!response.destroyed && response.write(piece));
  }
  response.on('drain', write)
  write()
}

/** The pictures of a file that ffmpeg wrote: SOI to EOI, one after the other. */
function splitJpegs(film: Buffer): Buffer[] {
  const found: Buffer[] = []
  for (let begin = 0; begin < film.length; ) {
    const next = film.indexOf(Buffer.from('ffd8ff', 'hex'), begin + 2)
    const end = next < 0 ? film.length : next
    found.push(film.subarray(begin, end))
    begin = end
  }
  return found
}
