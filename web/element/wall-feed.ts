import type { CameraStatus } from '../../src/api/camera-status.ts'
import { type LinkPicture, type LinkPlace, type LinkState, type LinkTile, WallLink } from '../wall/wall-link.ts'
import { type CameraView, LOADING, type ViewReason } from './camera-view.ts'
import { describeStatus } from './describe-status.ts'
import type { Feed, FeedOutput, FeedWish, OpenFeed } from './feed.ts'

/** Pictures over the one WebSocket that all elements of a page share. */
export const openWallFeed: OpenFeed = (gateway, output) => new WallFeed(gateway, output)

class WallFeed implements Feed, LinkTile {
  readonly #output: FeedOutput
  readonly #place: LinkPlace
  #link: LinkState = { state: 'connecting' }
  #status: CameraStatus | undefined
  #error: { readonly code: string; readonly message: string } | undefined
  #camera = ''
  /** A picture has come since the connection or the camera was last away. */
  #hasPicture = false
  #view: CameraView = LOADING

  constructor(gateway: URL, output: FeedOutput) {
    this.#output = output
    this.#place = WallLink.to(gateway).join(this)
  }

  ask(wish: FeedWish): void {
    if (wish.camera !== this.#camera) {
      this.#camera = wish.camera
      this.#status = undefined
      this.#error = undefined
      this.#hasPicture = false
      this.#view = LOADING
    }
    this.#place.ask(wish)
  }

  close(): void {
    this.#place.close()
  }

  link(state: LinkState): void {
    this.#link = state
    if (state.state === 'open') this.#error = undefined
    else this.#hasPicture = false
    if (state.state === 'refused' && state.obstacle.kind === 'websocket-blocked') this.#output.failed()
    else this.#tell()
  }

  camera(status: CameraStatus): void {
    if (status.state !== 'live') this.#hasPicture = false
    this.#status = status
    this.#error = undefined
    this.#tell()
  }

  error(code: string, message: string): void {
    this.#error = { code, message }
    this.#hasPicture = false
    this.#tell()
  }

  stats(stats: Parameters<LinkTile['stats']>[0]): void {
    this.#output.facts(stats.rendition, stats.camera)
  }

  picture({ bitmap, bytes, age, header }: LinkPicture): void {
    this.#output.picture({ bitmap, bytes, age, skipped: header.skipped })
    if (this.#hasPicture && this.#view.state === 'live') return
    this.#hasPicture = true
    this.#error = undefined
    this.#tell()
  }

  #tell(): void {
    this.#view = this.#describe()
    this.#output.view(this.#view)
  }

  #describe(): CameraView {
    const name = this.#status?.name ?? null
    const link = this.#link
    if (link.state === 'refused') {
      const { kind, message } = link.obstacle
      const reason = kind === 'mixed-content' || kind === 'login-required' ? kind : 'forbidden-origin'
      return { ...LOADING, state: 'forbidden', reason, message: message || null, name }
    }
    if (link.state === 'lost') {
      const since = link.since.toISOString()
      return { state: 'offline', reason: 'gateway-unreachable', since, message: null, name }
    }
    if (this.#error) return this.#describeError(this.#error, name)
    return this.#status ? describeStatus(this.#status, this.#view, this.#hasPicture) : LOADING
  }

  #describeError({ code, message }: { code: string; message: string }, name: string | null): CameraView {
    const since = this.#view.state === 'offline' ? this.#view.since : new Date().toISOString()
    if (code === 'camera_stopped') return { ...LOADING, state: 'stopped', since: this.#status?.since ?? since, name }
    if (code === 'camera_not_found') return { ...LOADING, state: 'missing', reason: 'no-camera', message, name }
    if (code === 'login_required' || code === 'access_revoked' || code === 'forbidden') {
      return { ...LOADING, state: 'forbidden', reason: 'login-required', message, name }
    }
    return { state: 'offline', reason: code.replaceAll('_', '-') as ViewReason, since, message, name }
  }
}
