import type { CameraStatus } from '../../src/api/camera-status.ts'
import type { CameraView } from './camera-view.ts'

/** What an element wants of its camera at this moment. */
export interface FeedWish {
  readonly camera: string
  readonly visible: boolean
  /** Pixels; absent: as large as they come. */
  readonly width?: number | undefined
  readonly fps?: number | undefined
  /** `auto`: as the line bears it. */
  readonly quality: number | 'auto'
  readonly stream?: 'main' | 'sub' | undefined
}

/** A picture to be shown. Who gets it closes it, or hands it to a canvas. */
export interface FeedPicture {
  readonly bitmap: ImageBitmap
  readonly bytes: number
  /** How long ago it was taken, in milliseconds. */
  readonly age: number | null
  /** Pictures that were skipped so far. */
  readonly skipped: number
}

/** What a feed tells its element. */
export interface FeedOutput {
  view(view: CameraView): void
  picture(picture: FeedPicture): void
  /** Something that shows pictures by itself, to be put in the place of the canvas. */
  mount(frame: HTMLElement): void
  facts(
    rendition: string | null,
    camera: Pick<CameraStatus, 'fps' | 'width' | 'height' | 'codec' | 'viewers' | 'reconnects'>,
  ): void
  /** This way does not work here; another one may. */
  failed(): void
}

/** A way to the pictures of a camera. */
export interface Feed {
  ask(wish: FeedWish): void
  /** Frees everything. Nothing is told afterwards. */
  close(): void
}

/** Opens a way to the pictures of a gateway. */
export type OpenFeed = (gateway: URL, output: FeedOutput) => Feed
