import { describe, expect, it } from 'vitest'
import { AtalayaError } from '../api/errors.ts'
import { formatRtspRequest, headerOf, type RtspMessage } from './rtsp-message.ts'
import { RtspReader } from './rtsp-reader.ts'

const OK = 'RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n'

function frame(channel: number, text: string): Buffer {
  const payload = Buffer.concat([Buffer.from([0x80]), Buffer.from(text, 'latin1')])
  return Buffer.concat([Buffer.from([0x24, channel, payload.length >> 8, payload.length & 255]), payload])
}

/** What a reader finds when the stream comes in pieces of this size. */
function read(stream: Buffer, pieceBytes = stream.length): { found: string[]; messages: RtspMessage[]; reader: RtspReader } {
  const found: string[] = []
  const messages: RtspMessage[] = []
  const reader = new RtspReader({
    frame: (channel, payload) => found.push(`${channel}:${payload.toString('latin1', 1)}`),
    message: (message) => {
      found.push(message.kind === 'response' ? `${message.status} ${message.body}` : `${message.method} ${message.body}`)
      messages.push(message)
    },
  })
  for (let at = 0; at < stream.length; at += pieceBytes) reader.push(stream.subarray(at, at + pieceBytes))
  return { found, messages, reader }
}

describe('an RTSP reader', () => {
  const stream = Buffer.concat([
    Buffer.from('RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 5\r\n\r\nhello'),
    frame(0, 'one'),
    Buffer.from('\r\nOPTIONS * RTSP/1.0\r\nCSeq: 7\r\n\r\n'),
    frame(1, ''),
    frame(0, '$RTSP/1.0'),
    Buffer.from('RTSP/1.0 454 Session Not Found\nCSeq: 2\n\n'),
  ])
  const contents = ['200 hello', '0:one', 'OPTIONS ', '1:', '0:$RTSP/1.0', '454 ']

  it.each([1, 2, 3, 7, 50, 1000])('finds messages and packets in pieces of %i bytes', (pieceBytes) => {
    expect(read(stream, pieceBytes).found).toEqual(contents)
  })

  it('takes as long for many messages at once whatever their line ends', () => {
    const quickest = (message: string) => {
      const text = Buffer.from(OK + message.repeat(5000))
      const times = Array.from({ length: 5 }, () => {
        const began = performance.now()
        expect(read(text).found).toHaveLength(5001)
        return performance.now() - began
      })
      return Math.min(...times)
    }
    const usual = quickest('OPTIONS * RTSP/1.0\r\n\r\n')
    expect(quickest('OPTIONS * RTSP/1.0\r\n\n') / usual).toBeLessThan(8)
    expect(quickest('OPTIONS * RTSP/1.0\n\n') / usual).toBeLessThan(8)
  })

  it('reads header fields whatever their case, several times the same, and passes over what is none', () => {
    const { messages } = read(
      Buffer.from('RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: a\r\nnonsense\r\nwww-authenticate : b:c\r\n\r\n'),
    )
    expect(messages[0]?.headers.get('www-authenticate')).toEqual(['a', 'b:c'])
    expect(headerOf(messages[0]!.headers, 'nonsense')).toBeUndefined()
  })

  it.each([
    ['text', Buffer.from('garbage$with$dollars and RTSP/ in it')],
    ['a packet cut short', frame(0, 'x'.repeat(500)).subarray(0, 37)],
    ['zeros', Buffer.alloc(5000)],
  ])('finds its way back after %s', (_, garbage) => {
    const many = Array.from({ length: 30 }, (_item, i) => frame(0, `packet ${i} ${'.'.repeat(50)}`))
    const { found, reader } = read(Buffer.concat([Buffer.from(OK), frame(0, 'before'), garbage, ...many, Buffer.from(OK)]), 60)
    expect(found.slice(0, 2)).toEqual(['200 ', '0:before'])
    expect(found.at(-1)).toBe('200 ')
    expect(found).toContain(`0:packet 29 ${'.'.repeat(50)}`)
    expect(reader.resyncs).toBeGreaterThan(0)
  })

  it.each([
    ['a stream that is none of RTSP', Buffer.from('HTTP/1.1 200 OK\r\n\r\n')],
    ['a header of more than 16 KiB', Buffer.from(`RTSP/1.0 200 OK\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`)],
    ['a body of more than 128 KiB', Buffer.from('RTSP/1.0 200 OK\r\nContent-Length: 131073\r\n\r\n')],
    ['a length that is no number', Buffer.from('RTSP/1.0 200 OK\r\nContent-Length: many\r\n\r\n')],
    ['garbage without end', Buffer.concat([Buffer.from(OK), Buffer.alloc(200_000, 'x')])],
  ])('refuses %s', (_, bytes) => {
    for (const pieceBytes of [bytes.length, 1000]) expect(() => read(bytes, pieceBytes)).toThrow(AtalayaError)
  })

  it('survives random damage with an error or without, and never hangs', () => {
    let state = 12_345
    const random = () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return state / 2 ** 32
    }
    for (let i = 0; i < 2000; i++) {
      const damaged = Buffer.from(stream)
      for (let k = 0; k < 1 + (i % 9); k++) damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256)
      try {
        read(damaged, 1 + Math.floor(random() * 40))
      } catch (error) {
        expect(error).toMatchObject({ code: 'protocol_error' })
      }
    }
  })
})

describe('a message', () => {
  it('has at most 255 header fields; the others are passed over', () => {
    const fields = Array.from({ length: 400 }, (_, i) => `X-${i}: 1\r\n`).join('')
    const messages: RtspMessage[] = []
    const reader = new RtspReader({ frame: () => undefined, message: (message) => messages.push(message) })
    reader.push(Buffer.from(`RTSP/1.0 200 OK\r\nCSeq: 1\r\n${fields}\r\n`))
    expect(messages[0]?.headers.size).toBe(255)
    expect(messages[0]?.headers.get('cseq')).toEqual(['1'])
  })

  it('is only looked at where one begins, so that thousands of beginnings take no time', () => {
    const reader = new RtspReader({ frame: () => undefined, message: () => undefined })
    reader.push(Buffer.from(OK))
    const began = performance.now()
    reader.push(Buffer.from(`${'RTSP/a:\n'.repeat(2000)}\r\n\r\n`))
    expect(performance.now() - began).toBeLessThan(500)
  })
})

describe('formatRtspRequest', () => {
  it('spells the names as they are given and lets no line break through', () => {
    expect(formatRtspRequest('PLAY', 'rtsp://a/b', { CSeq: '1', Session: 'x\r\nEvil: 1' })).toBe(
      'PLAY rtsp://a/b RTSP/1.0\r\nCSeq: 1\r\nSession: x Evil: 1\r\n\r\n',
    )
  })
})
