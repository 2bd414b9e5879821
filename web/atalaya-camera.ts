import { AtalayaCamera } from './element/camera-element.ts'

export type { CameraMode } from './element/camera-element.ts'
export type { AtalayaCameraEvents, CameraEventTarget, CameraFault } from './element/camera-events.ts'
export type { CameraStats, CameraView, ViewName, ViewReason } from './element/camera-view.ts'
export type { Fit } from './element/picture-size.ts'
export { AtalayaCamera }

declare global {
  interface HTMLElementTagNameMap {
    'atalaya-camera': AtalayaCamera
  }
}

// A page may load the script twice, and a server that renders pages has no elements.
if (globalThis.customElements && !customElements.get('atalaya-camera')) customElements.define('atalaya-camera', AtalayaCamera)
