import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/** Bytes to and from one client of a fake camera, however they travel. */
export interface ClientChannel {
  /** Where what the client says goes. */
  onBytes: (bytes: Buffer) => void
  readonly unsentBytes: number
  /** The client's IP address. */
  readonly address: string
  write(bytes: string | Buffer): void
  /** Resets its connections, as if the power failed. */
  reset(): void
}

/** A client that is connected straight to the camera. */
export function directChannel(socket: Socket): ClientChannel {
  const channel: ClientChannel = {
    onBytes: () => undefined,
    get unsentBytes() {
      return socket.writableLength
    },
    address: socket.remoteAddress ?? '',
    write: (bytes) => {
      if (!socket.destroyed) socket.write(bytes)
    },
    reset: () => reset(socket),
  }
  socket.on('data', (bytes) => channel.onBytes(bytes))
  return channel
}

/** Ends a connection as if the power failed; one of TLS just ends. */
export function reset(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy()
  else socket.resetAndDestroy()
}
