import { once } from 'node:events'
import { WebSocket } from 'ws'
import { decodeWallHeader, encodeWallAck } from '../../src/api/wall.ts'

/** Whom a client of the wall takes itself for, and what it watches. */
interface WallVisit {
  readonly host: string
  readonly origin: string
  readonly camera: string
}

/** Watches a camera over a wall until three pictures have come, and says how many there were. */
export async function picturesOfWall(url: string, { host, origin, camera }: WallVisit): Promise<number> {
  const socket = new WebSocket(url, { headers: { host, origin } })
  try {
    await once(socket, 'open')
    socket.send(JSON.stringify({ type: 'watch', tile: 1, camera, visible: true }))
    let pictures = 0
    while (pictures < 3) {
      const [data, isBinary] = (await once(socket, 'message')) as [Buffer, boolean]
      const header = isBinary ? decodeWallHeader(new Uint8Array(data).buffer) : undefined
      if (!header) continue
      pictures++
      socket.send(encodeWallAck({ ...header, heldMs: 0 }))
    }
    return pictures
  } finally {
    socket.terminate()
  }
}
