import type { Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { createHttpServer, type ServerParts } from '../../src/server/http-server.ts'
import type { Certificates } from '../../src/server/tls/certificates.ts'
import { serverParts } from '../fakes/server-parts.ts'
import { EMPTY_CONFIG, TestCamera } from '../fakes/test-camera.ts'

/**
 * A listening server with the cameras `fixed` (live) and `off` (on hold) of the configuration, and what the API adds. Each
 * that is started has pictures at once.
 */
export class ServedCameras implements AsyncDisposable {
  readonly url: string
  readonly parts: ServerParts
  readonly #server: FastifyInstance
  readonly #pictures: NodeJS.Timeout

  private constructor(parts: ServerParts, server: FastifyInstance, pictures: NodeJS.Timeout) {
    this.parts = parts
    this.#server = server
    this.#pictures = pictures
    this.url = `http${parts.certificates ? 's' : ''}://127.0.0.1:${(server.server.address() as AddressInfo).port}`
  }

  static async start(certificates?: Certificates): Promise<ServedCameras> {
    const fixed = new TestCamera({ id: 'fixed', maxViewers: 1000 })
    const config = { ...EMPTY_CONFIG, limits: { ...EMPTY_CONFIG.limits, cameras: 20 } }
    const cameras = [fixed, new TestCamera({ id: 'off', default: false })]
    const configured = new Map(cameras.map(({ camera }) => [camera.id, camera.config]))
    const load = () => Promise.resolve({ config: { ...config, cameras: configured }, warnings: [] })
    const parts = serverParts(cameras, { config, certificates, load, onCreate: (camera) => cameras.push(camera) })
    const server = await createHttpServer(parts)
    await server.listen({ port: 0, host: '127.0.0.1' })
    await fixed.goLive()
    return new ServedCameras(
      parts,
      server,
      setInterval(() => cameras.forEach(film), 20),
    )
  }

  get server(): HttpServer {
    return this.#server.server
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#pictures)
    this.parts.events.close()
    await this.parts.editor.close()
    await this.parts.cameras[Symbol.asyncDispose]()
    await this.#server.close()
  }
}

function film({ camera, source }: TestCamera): void {
  if (!source.isConnected) return
  if (camera.state !== 'live') source.describe()
  source.packet(true)
}
