import { describe, expect, it } from 'vitest'
import { fromMjpgStreamerAddress } from './mjpg-streamer-address.ts'

describe("an address of mjpg-streamer's", () => {
  it.each([
    ['/?action=stream', '/video'],
    ['/?action=snapshot', '/snapshot'],
    ['/?action=stream_0', '/camera/door'],
    ['/?action=stream_1', '/camera/2'],
    ['/?action=snapshot_1', '/camera/2/snapshot'],
    ['/?action=snapshot&n=123&width=320', '/snapshot?n=123&width=320'],
    ['/?n=1&action=stream', '/video?n=1'],
    ['/?action=stream_7', '/camera/input%207'],
  ])('%s means %s', (theirs, ours) => {
    expect(fromMjpgStreamerAddress(theirs, () => ['door', '2'])).toBe(ours)
  })

  it.each(['/', '/?action=command', '/?action=stream_x', '/?actions=stream', '/camera/1?action=stream', '/video'])(
    'is not %s',
    (address) => {
      expect(fromMjpgStreamerAddress(address, () => [])).toBe(address)
    },
  )
})
