import type { CameraStatus } from '../src/api/camera-status.ts'
import type { Config } from '../src/config/config.ts'
import { type GatewayProcess, startGatewayProcess } from '../test/e2e/gateway-process.ts'
import { residentMemory } from './process-usage.ts'
import { median } from './statistics.ts'
import { pause, waitUntil } from './waiting.ts'

/**
 * Starts the built gateway on 127.0.0.1 with these cameras, 1, 2, …, and waits until all are live. It does not outlive the
 * bench, whatever happens. SIGUSR2 makes it collect garbage.
 */
export async function startGateway(cameraUrls: readonly string[], engine: Config['engine'] = 'auto'): Promise<GatewayProcess> {
  const hook = new URL('collect-on-signal.ts', import.meta.url).href
  const cameras = Object.fromEntries(cameraUrls.map((url, index) => [String(index + 1), url]))
  // JSON is YAML, too.
  const config = JSON.stringify({ limits: { viewers: 2000, viewersPerCamera: 2000 }, engine, cameras })
  const gateway = await startGatewayProcess({ config, env: { NODE_OPTIONS: `--expose-gc --import ${hook}` } })
  const kill = () => gateway.signal('SIGKILL')
  process.once('exit', kill)
  void gateway.ended().then(() => process.off('exit', kill))
  await waitUntil('all cameras are live', async () => (await cameraStates(gateway)).every(({ active }) => active), 15)
  return gateway
}

export async function cameraStates(gateway: GatewayProcess): Promise<CameraStatus[]> {
  return Object.values(await gateway.getJson<Record<string, CameraStatus>>('/status'))
}

/** Resident bytes of the main process after its garbage is collected: the median of five readings. */
export async function collectedMemory(gateway: GatewayProcess): Promise<number> {
  const readings: number[] = []
  for (let i = 0; i < 5; i++) {
    gateway.signal('SIGUSR2')
    await pause(0.2)
    readings.push(residentMemory(gateway.pid))
  }
  return median(readings)
}
