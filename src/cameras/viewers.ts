import { randomBytes } from 'node:crypto'
import { AtalayaError } from '../api/errors.ts'
import type { ViewerStatus } from '../api/viewer-status.ts'
import { may, type Subject } from '../auth/authorize.ts'

/** What a delivery says of one of its viewers, and how it is ended. */
export interface Viewer {
  /** The camera that it watches. */
  readonly camera: string
  /** Who watches: as soon as they may not any more, the viewer is ended. */
  readonly subject: Subject
  /** Where the viewer is: an IP address. */
  readonly address: string
  /** The wire form, such as `browser`. */
  readonly mode: string
  /** What it has had so far; asked for when somebody looks. */
  describe(): Pick<ViewerStatus, 'rendition' | 'sent' | 'skipped' | 'lastPictureAge'> & Partial<Pick<ViewerStatus, 'drain'>>
  /** Ends it, on a whole picture where that is possible. */
  close(reason: AtalayaError): void
}

/** All who watch at this moment, of all deliveries. */
export class Viewers {
  readonly #entries = new Map<string, { viewer: Viewer; since: string }>()
  readonly #counts = new Map<string, number>()

  /**
   * Returns what takes the viewer off the list.
   * @throws {AtalayaError} `access_revoked` for a viewer who may not watch the camera
   */
  add(viewer: Viewer): () => void {
    if (!may(viewer.subject, 'watch', viewer.camera)) throw new AtalayaError('access_revoked')
    const id = randomBytes(6).toString('hex') // no later viewer has it, nor one of a later start
    this.#entries.set(id, { viewer, since: new Date().toISOString() })
    this.#count(viewer.address, 1)
    return () => {
      if (this.#entries.delete(id)) this.#count(viewer.address, -1)
    }
  }

  /** How many watch from an address. */
  countAt(address: string): number {
    return this.#counts.get(address) ?? 0
  }

  /** Those who came first are first. */
  list(camera?: string): ViewerStatus[] {
    return [...this.#entries]
      .filter(([, { viewer }]) => camera === undefined || viewer.camera === camera)
      .map(([id, { viewer, since }]) => {
        const { camera, address, mode } = viewer
        return { id, camera, since, address, mode, drain: null, ...viewer.describe() }
      })
  }

  /** Ends those whose right to watch was taken back since. */
  recheck(): void {
    for (const { viewer } of [...this.#entries.values()]) {
      if (!may(viewer.subject, 'watch', viewer.camera)) viewer.close(new AtalayaError('access_revoked'))
    }
  }

  /**
   * @param isSeen what the one who asks may know of; other viewers look as if they were not there
   * @throws {AtalayaError} `viewer_not_found`
   */
  close(id: string, isSeen: (camera: string) => boolean = () => true): void {
    const entry = this.#entries.get(id)
    if (!entry || !isSeen(entry.viewer.camera))
      throw new AtalayaError('viewer_not_found', `There is no viewer "${id.slice(0, 64)}"; it may have left already.`)
    entry.viewer.close(new AtalayaError('viewer_closed'))
  }
  #count(address: string, change: 1 | -1): void {
    const count = this.countAt(address) + change
    if (count > 0) this.#counts.set(address, count)
    else this.#counts.delete(address)
  }
}
