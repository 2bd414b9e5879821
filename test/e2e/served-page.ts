import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A page on a server of its own: another origin than the gateway's, on the same host. */
export interface ServedPage extends AsyncDisposable {
  readonly url: string
  /** The same page by another name of this machine. */
  readonly foreignUrl: string
}

/** Serves one HTML page at every address. */
export async function servePage(html: string, headers: Readonly<Record<string, string>> = {}): Promise<ServedPage> {
  const server = createServer((_request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    response.setHeader('Content-Type', 'text/html; charset=utf-8').end(`<!doctype html><html lang="en">${html}</html>`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    foreignUrl: `http://localhost:${port}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
