import type { CameraStats, CameraView } from './camera-view.ts'

/** What was wrong: the detail of an element's `error` event. */
export interface CameraFault {
  /** The view's reason, such as `forbidden-origin`. */
  readonly code: string
  readonly message: string
}

/** The events of an element. They do not bubble. */
export interface AtalayaCameraEvents {
  state: CustomEvent<CameraView>
  stats: CustomEvent<CameraStats>
  error: CustomEvent<CameraFault>
}

/** An element whose listeners get its own events with their types. */
export interface CameraEventTarget extends HTMLElement {
  addEventListener<K extends keyof AtalayaCameraEvents>(
    type: K,
    listener: (event: AtalayaCameraEvents[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void
  removeEventListener<K extends keyof AtalayaCameraEvents>(
    type: K,
    listener: (event: AtalayaCameraEvents[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | EventListenerOptions): void
}

/** What the element's class extends. Where there is no DOM, as on a server that renders pages, it can be imported and not used. */
export const Base = (globalThis.HTMLElement ?? class {}) as unknown as { new (): CameraEventTarget; prototype: CameraEventTarget }
