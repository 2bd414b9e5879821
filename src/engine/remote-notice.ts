import type { AtalayaError } from '../api/errors.ts'
import type { Notice } from './engine.ts'
import type { EngineProcess, EngineSession } from './engine-process.ts'
import { EMPTY, MESSAGE } from './protocol.ts'

/**
 * Has an engine draw a notice.
 * @throws {AtalayaError} when the engine falls meanwhile or cannot draw it.
 */
export function drawInEngine(engine: EngineProcess, notice: Notice, closed: () => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const settle = (report: () => void) => {
      closed()
      report()
    }
    const session: EngineSession = {
      camera: undefined,
      isSuspect: false,
      awaitsEngine: true,
      receive: (type, body) => {
        if (type !== MESSAGE.notice) return
        engine.send(MESSAGE.close, id, EMPTY)
        engine.remove(id)
        settle(() => resolve(Buffer.from(body)))
      },
      failed: (error: AtalayaError) => settle(() => reject(error)),
    }
    const id = engine.add(session)
    engine.send(MESSAGE.drawNotice, id, encodeNotice(notice), notice.ground ?? EMPTY)
  })
}

/** The length of the JSON, the JSON; the JPEG of the ground follows. */
function encodeNotice({ width, height, quality, lines }: Notice): Buffer {
  const json = Buffer.from(JSON.stringify({ width, height, quality, lines }))
  const fields = Buffer.allocUnsafe(4 + json.length)
  fields.writeUInt32BE(json.length, 0)
  fields.set(json, 4)
  return fields
}

/** Reads what {@link drawInEngine} has sent. */
export function decodeNotice(body: Buffer): Notice {
  const end = 4 + body.readUInt32BE(0)
  const notice = JSON.parse(body.toString('utf8', 4, end)) as Notice
  return end < body.length ? { ...notice, ground: body.subarray(end) } : notice
}
