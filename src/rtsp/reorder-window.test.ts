import { afterEach, describe, expect, it, vi } from 'vitest'
import { ReorderWindow } from './reorder-window.ts'

const windows: ReorderWindow[] = []

function open(): { window: ReorderWindow; passed: number[]; push: (...sequences: number[]) => void } {
  const passed: number[] = []
  const window = new ReorderWindow((packet) => passed.push(packet.readUInt16BE(2)))
  windows.push(window)
  const push = (...sequences: number[]) => {
    for (const sequence of sequences) window.push(packet(sequence))
  }
  return { window, passed, push }
}

function packet(sequence: number, ssrc = 1): Buffer {
  const bytes = Buffer.alloc(20)
  bytes.writeUInt8(0x80, 0)
  bytes.writeUInt16BE(sequence & 0xffff, 2)
  bytes.writeUInt32BE(ssrc, 8)
  return bytes
}

afterEach(() => {
  for (const window of windows.splice(0)) window.close()
})

describe('RTP packets over UDP', () => {
  it('pass at once while they are in order, across the wrap of their numbers', () => {
    const { passed, push } = open()
    push(65_534, 65_535, 0, 1)
    expect(passed).toEqual([65_534, 65_535, 0, 1])
  })

  it('that overtook each other are put back in order', () => {
    const { passed, push } = open()
    push(1, 3, 2, 6, 5, 4, 7)
    expect(passed).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  it('that are repeated or come too late are passed over', () => {
    const { passed, push } = open()
    push(10, 11, 11, 9, 10, 12)
    expect(passed).toEqual([10, 11, 12])
  })

  it('wait no longer than a moment for one that is lost', async () => {
    const { passed, push } = open()
    push(1, 3, 4, 6)
    expect(passed).toEqual([1])
    await vi.waitFor(() => expect(passed).toEqual([1, 3, 4, 6]), { interval: 5 })
  })

  it('do not wait when too many wait already', () => {
    const { passed, push } = open()
    push(1, ...Array.from({ length: 33 }, (_, i) => i + 3))
    expect(passed).toHaveLength(34)
  })

  it('of a camera that began anew are not taken for late ones', () => {
    const { window, passed, push } = open()
    push(30_000, 30_001)
    window.push(packet(5, 2))
    push(9000)
    expect(passed).toEqual([30_000, 30_001, 5, 9000])
  })

  it('that are none are passed over', () => {
    const { window, passed } = open()
    window.push(Buffer.alloc(3))
    expect(passed).toEqual([])
  })
})
