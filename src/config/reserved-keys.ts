/** Top-level keys that later versions give a meaning, and what to do today. */
export const RESERVED_KEYS: Readonly<Record<string, string>> = {
  renditions: 'reserved: this version has no named renditions yet; remove it, and use ?width=&fps=&quality= in the address',
  webrtc: 'reserved: this version has no WebRTC yet; remove it',
  rtsp: 'reserved: this version has no RTSP server yet; remove it (cameras go under cameras:)',
  cluster: 'reserved: this version has no cluster yet; remove it',
  telemetry: 'reserved: this version has no telemetry settings yet; remove it (the log level is LOG_LEVEL or --log-level)',
}

/** Keys of a camera that later versions give a meaning, and what to do today. */
export const LATER_CAMERA_KEYS: Readonly<Record<string, string>> = {}
