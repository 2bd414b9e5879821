/** The process of a camera in a network namespace of its own; see far-camera.ts. */
import { loadClip } from '../fake-camera/clip.ts'
import { startFakeCamera } from '../fake-camera/fake-camera.ts'

const clip = await loadClip({ width: 320, height: 180, fps: 20, frames: 100, gop: 20, bitrate: 400_000 })

process.on('disconnect', () => process.exit(0))
process.on('message', async () => {
  await startFakeCamera({ clip, host: '0.0.0.0', port: 554 })
  process.send?.('listening')
})
process.send?.('ready')
