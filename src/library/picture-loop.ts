import type { AtalayaError, ErrorCode } from '../api/errors.ts'
import type { Camera, PictureRequest } from '../cameras/camera.ts'
import type { Subscription } from '../cameras/picture-taker.ts'
import { type Picture, toPublicPicture } from './picture.ts'

/**
 * One loop over a camera's pictures. It holds one picture: a consumer that is slow gets the newest. It goes on through outages
 * and ends when the camera is put on hold, the gateway closes, the signal is aborted, or the consumer leaves; the
 * subscription is freed in that moment.
 */
export class PictureLoop implements AsyncIterator<Picture, undefined> {
  readonly #signal: AbortSignal | undefined
  readonly #subscription: Subscription | undefined
  readonly #onAbort = () => this.#end()
  #newest: Picture | undefined
  #requests: Request[] = []
  #failure: AtalayaError | undefined
  #hasEnded = false

  /** @throws {AtalayaError} `camera_stopped` while the camera is on hold; `too_many_viewers`. */
  constructor(camera: Camera, request: PictureRequest, signal: AbortSignal | undefined) {
    this.#signal = signal
    if (signal?.aborted) {
      this.#hasEnded = true
      return
    }
    signal?.addEventListener('abort', this.#onAbort, { once: true })
    this.#subscription = camera.watch(request, {
      picture: (picture) => this.#take(toPublicPicture(picture)),
      offline: () => {
        this.#newest = undefined
      },
      ended: (error) => this.#end(QUIET_ENDS.has(error.code) ? undefined : error),
    })
  }

  async next(): Promise<IteratorResult<Picture, undefined>> {
    const picture = this.#newest
    this.#newest = undefined
    if (picture) return { done: false, value: picture }
    const failure = this.#failure
    this.#failure = undefined
    if (failure) throw failure
    if (this.#hasEnded) return DONE
    return new Promise((resolve, reject) => this.#requests.push({ resolve, reject }))
  }

  async return(): Promise<IteratorResult<Picture, undefined>> {
    this.#newest = undefined
    this.#end()
    return DONE
  }

  #take(picture: Picture): void {
    const request = this.#requests.shift()
    if (request) request.resolve({ done: false, value: picture })
    else this.#newest = picture
  }

  #end(failure?: AtalayaError): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#subscription?.close()
    this.#signal?.removeEventListener('abort', this.#onAbort)
    const [first, ...others] = this.#requests
    this.#requests = []
    if (first && failure) first.reject(failure)
    else this.#failure = failure
    if (first && !failure) first.resolve(DONE)
    for (const request of others) request.resolve(DONE)
  }
}

/** A call of `next()` that no picture has answered yet. */
interface Request {
  resolve(result: IteratorResult<Picture, undefined>): void
  reject(error: AtalayaError): void
}

const DONE = { done: true, value: undefined } as const

/** Somebody wanted the pictures to end: nothing went wrong. */
const QUIET_ENDS: ReadonlySet<ErrorCode> = new Set(['camera_stopped', 'camera_not_found', 'shutting_down'])
