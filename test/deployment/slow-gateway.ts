import { vi } from 'vitest'
import { type GatewayProcess, startGatewayProcess } from '../e2e/gateway-process.ts'

/** The built program behind a proxy, with one camera of one picture a second: what is held back is held for a second. */
export async function startSlowGateway(): Promise<GatewayProcess> {
  const gateway = await startGatewayProcess({
    config: `server: { names: [cams.example.org, www.example.org] }
basePath: /cameras
trustedProxies: [127.0.0.1]
cameras: { door: { url: "test:clock", fps: 1, width: 640, height: 360 } }
`,
    args: ['--log-level', 'debug'],
  })
  await vi.waitFor(async () => {
    const { door } = await gateway.getJson<{ door: { state: string } }>('/status')
    if (door.state !== 'live') throw new Error(`the camera is ${door.state}`)
  }, 10_000)
  return gateway
}
