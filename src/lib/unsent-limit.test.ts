import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { SILENT_LOG } from '../telemetry/log.ts'
import { limitUnsentBytes } from './unsent-limit.ts'

describe.runIf(process.platform === 'linux')('the limit of unsent bytes', () => {
  it('leaves what a slow reader does not take with us, on each connection of a listening socket', async () => {
    const limited = await bytesTaken({ onServer: (server) => limitUnsentBytes(server, SILENT_LOG) })
    expect(limited).toBeLessThan((await bytesTaken({})) / 2)
  })

  it('can be set on one connection', async () => {
    const limited = await bytesTaken({ onSocket: (socket) => limitUnsentBytes(socket, SILENT_LOG) })
    expect(limited).toBeLessThan((await bytesTaken({})) / 2)
  })
})

interface Settings {
  readonly onServer?: (server: Server) => void
  readonly onSocket?: (socket: Socket) => void
}

/** What the kernel takes for a reader that reads nothing, a piece at a time, until it takes no more. */
async function bytesTaken({ onServer, onSocket }: Settings): Promise<number> {
  let taken = 0
  const server = createServer((socket) => {
    onSocket?.(socket)
    socket.on('error', () => socket.destroy())
    const write = () =>
      socket.write(PIECE, (error) => {
        if (error) return
        taken += PIECE.length
        write()
      })
    write()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onServer?.(server)
  const reader = connect((server.address() as AddressInfo).port, '127.0.0.1').pause()
  try {
    for (let before = -1; taken !== before || taken === 0; ) {
      before = taken
      await sleep(SETTLED_MS)
    }
    return taken
  } finally {
    reader.destroy()
    server.close()
  }
}

const PIECE = Buffer.alloc(16 * 1024)
/** The kernel takes a piece in microseconds, while it takes any. */
const SETTLED_MS = 300
