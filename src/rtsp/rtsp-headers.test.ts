import { describe, expect, it } from 'vitest'
import { parseInterleaved, parsePublic, parseSession } from './rtsp-headers.ts'

describe('header fields', () => {
  it('Session states the id and the timeout', () => {
    expect(parseSession('12345678;timeout=60')).toEqual({ id: '12345678', timeoutMs: 60_000 })
    expect(parseSession('abc ; Timeout = 5')).toEqual({ id: 'abc', timeoutMs: 5000 })
    expect(parseSession('abc')).toEqual({ id: 'abc', timeoutMs: undefined })
    expect(parseSession(undefined)).toBeUndefined()
    expect(parseSession('')).toBeUndefined()
  })

  it('Transport states the channels, or that it is not TCP', () => {
    const asked = { rtp: 0, rtcp: 1 }
    expect(parseInterleaved('RTP/AVP/TCP;unicast;interleaved=2-3;ssrc=1', asked)).toEqual({ rtp: 2, rtcp: 3 })
    expect(parseInterleaved('RTP/AVP/TCP;interleaved=4', asked)).toEqual({ rtp: 4, rtcp: 5 })
    expect(parseInterleaved('RTP/AVP/TCP;unicast', asked)).toBe(asked)
    expect(parseInterleaved(undefined, asked)).toBe(asked)
    expect(parseInterleaved('RTP/AVP;unicast;client_port=5000-5001', asked)).toBeUndefined()
  })

  it('Public lists methods with or without commas', () => {
    expect([...parsePublic(['OPTIONS, describe', 'PLAY TEARDOWN'])]).toEqual(['OPTIONS', 'DESCRIBE', 'PLAY', 'TEARDOWN'])
  })
})
