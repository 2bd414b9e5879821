import { describe, expect, it } from 'vitest'
import { encodeReceiverReport, parseSenderReports } from './rtcp.ts'

describe('RTCP', () => {
  it('reads a sender report among other packets', () => {
    const other = '80ca0001aaaaaaaa'
    const report = '80c80006deadbeef83aa7e80800000000000010000000005000000ff'
    expect(parseSenderReports(Buffer.from(other + report, 'hex'))).toEqual([
      { ssrc: 0xdeadbeef, epochMs: 500, rtpTimestamp: 0x100, compactNtp: 0x7e808000 },
    ])
  })

  it('finds nothing in garbage', () => {
    for (const hex of ['', '80', '80c80006', '80c8ffff00000000', '00000000', '80c80000']) {
      expect(parseSenderReports(Buffer.from(hex, 'hex'))).toEqual([])
    }
  })

  it('writes a receiver report with the source description that belongs to it', () => {
    const report = encodeReceiverReport(1, {
      ssrc: 2,
      fractionLost: 64,
      packetsLost: -1,
      highestSequence: 0x10005,
      jitter: 7,
      lastReport: 0x11223344,
      delay: 65_536,
    })
    expect(report.subarray(0, 32).toString('hex')).toBe('81c90007000000010000000240ffffff00010005000000071122334400010000')
    expect(report.subarray(32).toString('hex')).toBe(`81ca0004000000010107${Buffer.from('atalaya').toString('hex')}000000`)
    expect(report.length % 4).toBe(0)
  })
})
