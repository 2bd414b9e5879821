import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { CameraStats } from '../element/camera-view.ts'
import type { Words } from './words/words.ts'

/** How old the picture of an `<atalaya-camera>` is, as its statistics tell once a second. */
export class PictureAge implements ReactiveController {
  readonly #host: ReactiveControllerHost
  #delayMs: number | null = null

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  /** A listener for the element's `stats`. */
  readonly hear = ({ detail }: CustomEvent<CameraStats>) => {
    this.#delayMs = detail.delay
    this.#host.requestUpdate()
  }

  hostDisconnected(): void {
    this.#delayMs = null
  }

  /** In tenths of a second while it is fresh; empty before the first picture. */
  text(words: Words): string {
    if (this.#delayMs === null) return ''
    const seconds = Math.max(0, this.#delayMs) / 1000
    return seconds < 10
      ? `${seconds.toLocaleString(words.locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 })} s`
      : words.ago(seconds)
  }
}
