import { WALL_HEADER_BYTES } from '../../src/api/wall.ts'

/**
 * Makes bitmaps of messages, in a worker of its own. The worker is made of a blob, so that it works whatever origin the script
 * came from; until it answers, and for good where a page's policy forbids it, the browser decodes for the page itself.
 */
export class PictureDecoder {
  readonly #waiting = new Map<number, (bitmap: ImageBitmap | undefined) => void>()
  #worker: Worker | undefined
  #isReady = false
  #next = 0

  constructor() {
    const url = URL.createObjectURL(new Blob([WORKER], { type: 'text/javascript' }))
    try {
      this.#worker = new Worker(url)
      this.#worker.onmessage = ({ data }) => this.#onAnswer(data)
      this.#worker.onerror = () => this.close()
    } catch {
      this.#worker = undefined
    }
    // The worker has it once it runs, and else nobody needs it.
    setTimeout(() => URL.revokeObjectURL(url), REVOKE_AFTER_MS)
  }

  /** Resolves with nothing where the JPEG cannot be decoded. The message is given away. */
  decode(message: ArrayBuffer): Promise<ImageBitmap | undefined> {
    const worker = this.#isReady ? this.#worker : undefined
    if (!worker) {
      const jpeg = new Blob([new Uint8Array(message, WALL_HEADER_BYTES)], { type: 'image/jpeg' })
      return createImageBitmap(jpeg).catch(() => undefined)
    }
    return new Promise((resolve) => {
      const id = this.#next++
      this.#waiting.set(id, resolve)
      worker.postMessage({ id, message }, [message])
    })
  }

  close(): void {
    this.#worker?.terminate()
    this.#worker = undefined
    this.#isReady = false
    for (const resolve of this.#waiting.values()) resolve(undefined)
    this.#waiting.clear()
  }

  #onAnswer({ id, bitmap }: { id?: number; bitmap?: ImageBitmap }): void {
    if (id === undefined) {
      this.#isReady = true
      return
    }
    const resolve = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (resolve) resolve(bitmap)
    else bitmap?.close()
  }
}

/** What the worker does. It says a word when it begins. */
const WORKER = `onmessage = async ({ data: { id, message } }) => {
  try {
    const bitmap = await createImageBitmap(new Blob([new Uint8Array(message, ${WALL_HEADER_BYTES})], { type: 'image/jpeg' }))
    postMessage({ id, bitmap }, [bitmap])
  } catch {
    postMessage({ id })
  }
}
postMessage({})`

const REVOKE_AFTER_MS = 10_000
