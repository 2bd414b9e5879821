import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { MessageReader } from './message-reader.ts'
import { EMPTY, MESSAGE, sendMessage } from './protocol.ts'

interface Message {
  readonly type: number
  readonly session: number
  readonly body: string
}

const SENT: readonly Message[] = [
  { type: MESSAGE.ready, session: 0, body: '' },
  { type: MESSAGE.picture, session: 4_000_000_000, body: 'a'.repeat(70_000) },
  { type: MESSAGE.done, session: 2, body: 'b' },
  { type: MESSAGE.close, session: 3, body: '' },
]

function wire(): Buffer {
  const pipe = new PassThrough({ highWaterMark: 1 << 20 })
  for (const { type, session, body } of SENT) {
    if (body === '') sendMessage(pipe, { type, session }, EMPTY)
    else sendMessage(pipe, { type, session }, Buffer.from(body.slice(0, 1)), Buffer.from(body.slice(1)))
  }
  const parts: Buffer[] = []
  for (let part = pipe.read(); part !== null; part = pipe.read()) parts.push(part)
  return Buffer.concat(parts)
}

function read(pieces: Iterable<Buffer>): Message[] {
  const received: Message[] = []
  const reader = new MessageReader((type, session, body) => received.push({ type, session, body: body.toString() }))
  for (const piece of pieces) reader.push(piece)
  return received
}

describe('messages on an engine’s pipe', () => {
  it.each([1, 2, 7, 9, 10, 4096, 65_536, 1 << 20])('are found again when they arrive in pieces of %i bytes', (size) => {
    const bytes = wire()
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    )
    expect(read(pieces)).toEqual(SENT)
  })

  it('are refused when the length makes no sense', () => {
    expect(() => read([Buffer.from([0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0, 1])])).toThrow(RangeError)
  })
})
