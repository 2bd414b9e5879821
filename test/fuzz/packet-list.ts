/** Packets as one input: each behind its length in 16 bits. */
export function joinPackets(packets: readonly Buffer[]): Buffer {
  return Buffer.concat(packets.flatMap((packet) => [Buffer.of(packet.length >> 8, packet.length & 255), packet]))
}

/** The packets of an input, views of its memory; one that is longer than what is left ends with it. */
export function splitPackets(input: Buffer): Buffer[] {
  const packets: Buffer[] = []
  for (let at = 0; at + 2 <= input.length; ) {
    const end = Math.min(input.length, at + 2 + input.readUInt16BE(at))
    packets.push(input.subarray(at + 2, end))
    at = end
  }
  return packets
}
