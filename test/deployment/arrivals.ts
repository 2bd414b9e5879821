import { get, type IncomingHttpHeaders, request } from 'node:http'
import { MjpegReader } from '../e2e/mjpeg-reader.ts'

/** When the first copy of each picture arrived whole, by its number: milliseconds by the monotonic clock. */
export type Arrivals = ReadonlyMap<number, number>

/** Someone who notes when pictures arrive. */
export interface Witness extends Disposable {
  readonly arrivals: Arrivals
  readonly headers: IncomingHttpHeaders
}

/** A program that watches a stream; parts name the numbers of their pictures. */
export class ProgramWitness implements Witness {
  readonly arrivals = new Map<number, number>()
  /** The bytes of each picture that has arrived, in Latin 1, with its number. */
  readonly numbers = new Map<string, number>()
  readonly #reader: MjpegReader

  constructor(url: string) {
    this.#reader = new MjpegReader(url, {
      keep: false,
      onPicture: ({ sequence, at, data }) => {
        if (!this.arrivals.has(sequence)) this.arrivals.set(sequence, at)
        this.numbers.set(data.toString('latin1'), sequence)
      },
    })
  }

  get headers(): IncomingHttpHeaders {
    return this.#reader.headers
  }

  [Symbol.dispose](): void {
    this.#reader.close()
  }
}

/**
 * A browser: it shows a picture when the header block of the part behind it has arrived. Parts do not name their pictures,
 * so they are found by their bytes among those that a program has got.
 */
export class BrowserWitness implements Witness {
  headers: IncomingHttpHeaders = {}
  readonly #pictures: { readonly bytes: string; readonly at: number }[] = []
  readonly #program: ProgramWitness
  readonly #request

  constructor(url: string, program: ProgramWitness) {
    this.#program = program
    let buffered = ''
    this.#request = get(url, { agent: false, headers: { accept: 'image/avif,image/webp,*/*' } }, (response) => {
      this.headers = response.headers
      response.setEncoding('latin1').on('data', (text: string) => {
        const at = performance.timeOrigin + performance.now()
        const parts = (buffered + text).split(/(?:\r\n)?--frame\r\nContent-Type: image\/jpeg\r\n\r\n/)
        buffered = parts.pop() ?? ''
        for (const bytes of parts) if (bytes !== '') this.#pictures.push({ bytes, at })
      })
      response.on('error', () => response.destroy())
    })
    this.#request.on('error', () => this.#request.destroy())
  }

  get arrivals(): Arrivals {
    const arrivals = new Map<number, number>()
    for (const { bytes, at } of this.#pictures) {
      const number = this.#program.numbers.get(bytes)
      if (number !== undefined && !arrivals.has(number)) arrivals.set(number, at)
    }
    return arrivals
  }

  [Symbol.dispose](): void {
    this.#request.destroy()
  }
}

/** How much later, in milliseconds, each picture arrived on the way through the proxy than on the straight one. */
export function delays(straight: Arrivals, proxied: Arrivals): number[] {
  // The first picture of each is as old as it happens to be when the viewer comes.
  const [, ...later] = [...proxied].filter(([number]) => straight.has(number))
  return later.map(([number, at]) => at - (straight.get(number) ?? at))
}

/** What a proxy answered. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Asks a proxy on 127.0.0.1 for an address under a host name. */
export function ask(
  port: number,
  path: string,
  { method = 'GET', ...headers }: { method?: string; host: string; [header: string]: string },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
      response.on('error', reject)
    })
    asked.on('error', reject).end()
  })
}
