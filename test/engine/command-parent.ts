/** A program that starts ffmpeg commands of every kind, says which, and then waits to be killed. */
import { createServer } from 'node:net'
import { CommandEngines } from '../../src/engine/command/command-engines.ts'
import { SILENT_LOG } from '../../src/telemetry/log.ts'
import { movingClip } from './clips.ts'
import { watchDecoder } from './watched-decoder.ts'

const engines = new CommandEngines(SILENT_LOG)
const pattern = { pattern: 'clock', name: 'parent', width: 320, height: 180, fps: 25 } as const
await engines.openGenerator(pattern, { packet: () => undefined, failed: () => undefined })
const { push } = await watchDecoder(engines, { 1: { width: 320, height: 180, quality: 80 } })
push(await movingClip('320x180', 0.2))
const silent = createServer(() => process.stdout.write(`${JSON.stringify(engines.pids)}\n`))
silent.listen(0, '127.0.0.1', () => {
  const address = silent.address()
  const url = `rtsp://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}/`
  const output = { track: () => undefined, packet: () => undefined, failed: () => undefined }
  void engines.openInput({ kind: 'stream', address: url, name: 'silent', options: [{ rtsp_transport: 'tcp' }] }, output)
})
