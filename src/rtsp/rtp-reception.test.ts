import { describe, expect, it } from 'vitest'
import { micros } from '../media/time.ts'
import type { RtpPacket } from './rtp-packet.ts'
import { RtpReception } from './rtp-reception.ts'

describe('an RTP reception', () => {
  const packet = (sequence: number, ssrc = 1): RtpPacket => ({
    payloadType: 96,
    marker: false,
    sequence: sequence & 0xffff,
    timestamp: 0,
    ssrc,
    payload: Buffer.alloc(0),
  })
  const accept = (reception: RtpReception, ...numbers: number[]) =>
    numbers.map((number) => reception.accept(packet(number), micros(0)))

  it('tells the next packet from one after a gap, a repeated one and another sender’s', () => {
    const reception = new RtpReception(90_000)
    expect(accept(reception, 65_534, 65_535, 65_536, 65_539, 65_538)).toEqual(['new-sender', 'next', 'next', 'gap', 'duplicate'])
    expect(reception.packetsLost).toBe(2)
    expect(reception.accept(packet(7, 2), micros(0))).toBe('new-sender')
  })

  it('takes a long way back for a new beginning', () => {
    const reception = new RtpReception(90_000)
    expect(accept(reception, 30_000, 30_001, 5)).toEqual(['new-sender', 'next', 'new-sender'])
  })

  it('reports the fraction lost since the report before', () => {
    const reception = new RtpReception(90_000)
    expect(reception.report(9, micros(0))).toBeUndefined()
    accept(reception, 0, 1, 2, 3)
    expect(reception.report(9, micros(0))?.readUInt8(12)).toBe(0)
    accept(reception, 4, 7)
    const report = reception.report(9, micros(0))
    expect(report?.readUInt8(12)).toBe(128)
    expect(report?.readIntBE(13, 3)).toBe(2)
    expect(report?.readUInt32BE(16)).toBe(7)
  })

  it('refers to the last sender report and its age', () => {
    const reception = new RtpReception(90_000)
    accept(reception, 0)
    reception.senderReport({ ssrc: 1, epochMs: 0, rtpTimestamp: 0, compactNtp: 0xabcd }, micros(1_000_000))
    const report = reception.report(9, micros(1_500_000))
    expect([report?.readUInt32BE(24), report?.readUInt32BE(28)]).toEqual([0xabcd, 32_768])
  })
})
