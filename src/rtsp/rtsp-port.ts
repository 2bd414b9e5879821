import type { CameraUrl } from '../lib/camera-url.ts'

/** The TCP port of a camera: the one its address names, else the usual one for RTSP, or for the web where RTSP travels inside HTTP. */
export function portOf({ scheme, port }: CameraUrl, way: 'direct' | 'http'): number {
  if (port !== undefined) return port
  const isSecure = scheme === 'rtsps'
  if (way === 'http') return isSecure ? 443 : 80
  return isSecure ? 322 : 554
}
