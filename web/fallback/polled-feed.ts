import { type CameraView, LOADING } from '../element/camera-view.ts'
import { describeStatus } from '../element/describe-status.ts'
import type { Feed, FeedOutput, FeedWish } from '../element/feed.ts'
import { type PolledStatus, pollStatus } from './status-poll.ts'

/**
 * What the ways without a WebSocket have in common: while the element is visible they ask for the camera's state every two seconds,
 * for a browser tells a page of no stream that has ended.
 */
export abstract class PolledFeed implements Feed {
  protected readonly gateway: URL
  protected readonly output: FeedOutput
  protected wish: FeedWish | undefined
  #run: AbortController | undefined
  #view: CameraView = LOADING
  #lostAt: string | undefined

  constructor(gateway: URL, output: FeedOutput) {
    this.gateway = gateway
    this.output = output
  }

  ask(wish: FeedWish): void {
    if (JSON.stringify(wish) === JSON.stringify(this.wish)) return
    this.wish = wish
    this.#run?.abort()
    this.#run = undefined
    this.end()
    if (!wish.visible) return
    this.#run = new AbortController()
    void this.#follow(this.#run.signal)
  }

  close(): void {
    this.#run?.abort()
    this.end()
  }

  /** Shows pictures until the signal or `end()`. Called again and again while the camera may have some. */
  protected abstract begin(wish: FeedWish, signal: AbortSignal): void
  /** Ends what `begin` has begun. */
  protected abstract end(): void
  /** A picture is on the screen. */
  protected abstract get hasPicture(): boolean

  /** The address of one picture, which no cache has. */
  protected snapshotAddress({ camera, width, quality, stream }: FeedWish): string {
    const url = new URL(`camera/${encodeURIComponent(camera)}/snapshot`, this.gateway)
    if (width) url.searchParams.set('width', String(width))
    if (quality !== 'auto') url.searchParams.set('quality', String(quality))
    if (stream) url.searchParams.set('stream', stream)
    url.searchParams.set('wait', '2')
    url.searchParams.set('at', String(performance.timeOrigin + performance.now()))
    return url.href
  }

  async #follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.wish) {
      const polled = await pollStatus(this.gateway, this.wish.camera, signal)
      if (signal.aborted) return
      const mayShow = this.#take(polled)
      if (mayShow) this.begin(this.wish, signal)
      else this.end()
      await new Promise((resolve) => setTimeout(resolve, this.hasPicture || !mayShow ? POLL_EVERY_MS : FIRST_POLL_EVERY_MS))
    }
  }

  /** Whether there may be pictures. */
  #take(polled: PolledStatus): boolean {
    if (polled.kind === 'unreachable') this.#lostAt ??= new Date().toISOString()
    else this.#lostAt = undefined
    this.#view = this.#describe(polled)
    this.output.view(this.#view)
    if (polled.kind === 'status') this.output.facts(null, polled.status)
    return (
      polled.kind === 'unreadable' || (polled.kind === 'status' && (polled.status.active || polled.status.reason === 'on-demand'))
    )
  }

  #describe(polled: PolledStatus): CameraView {
    switch (polled.kind) {
      case 'status':
        return describeStatus(polled.status, this.#view, this.hasPicture)
      case 'unreadable':
        return this.hasPicture ? { ...LOADING, state: 'live' } : LOADING
      case 'missing':
        return { ...LOADING, state: 'missing', reason: 'no-camera', message: polled.message }
      case 'forbidden-origin':
      case 'login-required':
        return { ...LOADING, state: 'forbidden', reason: polled.kind, message: polled.message }
      case 'unreachable':
        return { ...LOADING, state: 'offline', reason: 'gateway-unreachable', since: this.#lostAt ?? null }
    }
  }
}

const POLL_EVERY_MS = 2000
const FIRST_POLL_EVERY_MS = 250
