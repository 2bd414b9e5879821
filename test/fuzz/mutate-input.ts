import type { FuzzTarget } from './fuzz-target.ts'
import { joinPackets, splitPackets } from './packet-list.ts'
import type { SeededRandom } from './seeded-random.ts'

/** A new input for the target, made of its corpus; the same for the same random numbers. */
export function makeInput(target: FuzzTarget, random: SeededRandom): Buffer {
  const seed = random.pick(target.corpus)
  const input = target.shape === 'packets' ? mutatePackets(target, seed, random) : mutateBytes(target, seed, random)
  return input.subarray(0, target.limit)
}

/** Some changes, seldom many: a parser gets far with an input that is nearly right. */
function mutateBytes(target: FuzzTarget, seed: Buffer, random: SeededRandom): Buffer {
  let bytes: Buffer = Buffer.from(seed)
  for (let left = random.mostlyBelow(MOST_CHANGES); left >= 0; left--) bytes = changeBytes(bytes, target, random)
  return bytes
}

const MOST_CHANGES = 10

function changeBytes(bytes: Buffer, target: FuzzTarget, random: SeededRandom): Buffer {
  const at = random.below(bytes.length + 1)
  switch (random.below(12)) {
    case 0:
      return overwrite(bytes, at, Buffer.of(1 << random.below(8)), (old, flip) => old ^ flip)
    case 1:
      return overwrite(bytes, at, Buffer.of(random.below(256)))
    case 2:
      return overwrite(bytes, at, edgeNumber(random))
    case 3:
      return overwrite(bytes, at, Buffer.of(random.oneIn(2) ? 1 : 255), (old, step) => old + step)
    case 4:
      return bytes.subarray(0, at)
    case 5:
      return splice(bytes, at, random.mostlyBelow(bytes.length - at + 1), EMPTY)
    case 6:
      return splice(bytes, at, 0, piece(bytes, random))
    case 7:
      return splice(bytes, at, 0, piece(random.pick(target.corpus), random))
    case 8:
      return splice(bytes, at, 0, repeat(piece(bytes, random), bytes.length, target, random))
    case 9:
      return changeNumber(bytes, at, random)
    default:
      return insertWord(bytes, at, target, random)
  }
}

const EMPTY = Buffer.alloc(0)

function overwrite(bytes: Buffer, at: number, by: Buffer, join = (_old: number, value: number) => value): Buffer {
  for (const [i, value] of by.entries()) {
    const old = bytes[at + i]
    if (old !== undefined) bytes[at + i] = join(old, value) & 255
  }
  return bytes
}

function splice(bytes: Buffer, at: number, without: number, inserted: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + without)])
}

function piece(bytes: Buffer, random: SeededRandom): Buffer {
  const begin = random.below(bytes.length)
  return bytes.subarray(begin, begin + 1 + random.mostlyBelow(Math.min(64, bytes.length - begin)))
}

/** Now and then up to all that can reach the parser: what takes time by the square of its length shows only there. */
function repeat(bytes: Buffer, length: number, target: FuzzTarget, random: SeededRandom): Buffer {
  const most = random.oneIn(LARGE_ONE_IN) ? target.limit - length : 1024
  const times = Math.floor(Math.max(0, most) / Math.max(1, bytes.length))
  return Buffer.alloc(bytes.length * (1 + random.below(times)), bytes)
}

const LARGE_ONE_IN = 16

/** Numbers at which lengths and counts turn over. */
function edgeNumber(random: SeededRandom): Buffer {
  const value = random.pick([0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff])
  const number = Buffer.alloc(4)
  number.writeUInt32BE(value)
  return number.subarray(random.below(4))
}

/** A number in a text becomes another. */
function changeNumber(bytes: Buffer, from: number, random: SeededRandom): Buffer {
  const isDigit = (at: number) => (bytes[at] ?? 0) >= 0x30 && (bytes[at] ?? 0) <= 0x39
  let begin = from
  while (begin < bytes.length && begin < from + 64 && !isDigit(begin)) begin++
  let end = begin
  while (isDigit(end)) end++
  const value = random.pick([
    '0',
    '-1',
    '1e9',
    '255',
    '256',
    '300',
    '65535',
    '65536',
    '4294967295',
    '9'.repeat(1 + random.below(40)),
  ])
  return splice(bytes, begin, end - begin, Buffer.from(value))
}

function insertWord(bytes: Buffer, at: number, { words = [] }: FuzzTarget, random: SeededRandom): Buffer {
  if (words.length === 0) return overwrite(bytes, at, Buffer.of(random.below(256)))
  const word = Buffer.from(random.pick(words))
  return random.oneIn(2) ? overwrite(bytes, at, word) : splice(bytes, at, 0, word)
}

/** What a network and a sender can do to packets, and then to the bytes of some. */
function mutatePackets(target: FuzzTarget, seed: Buffer, random: SeededRandom): Buffer {
  const packets = splitPackets(seed)
  for (let left = random.mostlyBelow(MOST_CHANGES); left >= 0; left--) changePackets(packets, target, random)
  return joinPackets(packets)
}

function changePackets(packets: Buffer[], target: FuzzTarget, random: SeededRandom): void {
  const at = random.below(packets.length)
  const packet = packets[at]
  if (!packet) return
  switch (random.below(10)) {
    case 0:
      packets.splice(at, 1)
      break
    case 1:
      packets.splice(random.below(packets.length), 0, packet)
      break
    case 2:
      packets.splice(at, 1)
      packets.splice(random.below(packets.length), 0, packet)
      break
    case 3:
      packets.splice(at, 0, random.pick(splitPackets(random.pick(target.corpus))))
      break
    case 4:
      packets.splice(at, 0, ...neverEnding(packet, target, random))
      break
    case 5:
      packets[at] = changeHead(packet, random)
      break
    default:
      packets[at] = changeBytes(Buffer.from(packet), target, random).subarray(0, 0xffff)
  }
}

/** In the first bytes of a packet stands what decides about all the rest. */
function changeHead(packet: Buffer, random: SeededRandom): Buffer {
  const by = random.oneIn(3) ? edgeNumber(random) : Buffer.of(random.below(256))
  return overwrite(Buffer.from(packet), random.below(Math.min(20, packet.length)), by)
}

/** The same packet again and again under growing sequence numbers, now and then for megabytes. */
function neverEnding(packet: Buffer, target: FuzzTarget, random: SeededRandom): Buffer[] {
  if (packet.length < 12) return []
  const isLong = random.oneIn(HUGE_ONE_IN)
  const filler = isLong ? Buffer.alloc(random.below(60_000), random.below(256)) : EMPTY
  const whole = Buffer.concat([packet, filler])
  const times = random.below(isLong ? Math.floor(target.limit / (whole.length + 2)) : 50)
  return Array.from({ length: times }, (_, i) => {
    const copy = Buffer.from(whole)
    copy.writeUInt16BE((packet.readUInt16BE(2) + i + 1) & 0xffff, 2)
    return copy
  })
}

const HUGE_ONE_IN = 1000
