/** Where the gateway listens when nothing else is said, how it treats cameras, and how many may watch. */
export const DEFAULTS = {
  host: '127.0.0.1',
  port: 5000,
  connect: 'always',
  quality: 80,
  viewers: 1000,
  viewersPerCamera: 500,
  cameras: 256,
  offline: 'notice',
} as const
