/** How a fake camera's packets differ from the textbook's. */
export interface PacketStyle {
  /** Where the marker bit is set: at the end of a picture, on every NAL unit, or nowhere. */
  readonly markers?: 'honest' | 'every-nal' | 'every-slice' | 'never'
  /** Where the parameter sets are to be found. */
  readonly parameterSets?: 'both' | 'sdp' | 'in-band'
  /** SPS and PPS go together in one STAP-A packet. */
  readonly aggregate?: boolean
  /** An access unit delimiter begins every picture, as Amcrest cameras send it. */
  readonly delimiters?: boolean
  /** The largest RTP payload; 1400 bytes unless given. */
  readonly payloadBytes?: number
}

export interface Payload {
  readonly payload: Buffer
  readonly marker: boolean
}

/** The RTP payloads of one access unit of H.264, with their marker bits (RFC 6184). */
export function packetize(unit: readonly Buffer[], style: PacketStyle): Payload[] {
  const { markers = 'honest', parameterSets = 'both', aggregate = false, delimiters = false, payloadBytes = 1400 } = style
  const kept = parameterSets === 'sdp' ? unit.filter((nal) => !isParameterSet(nal)) : [...unit]
  if (delimiters) kept.unshift(Buffer.from([9, 0xf0]))
  const groups = aggregate ? joinParameterSets(kept) : kept
  return groups.flatMap((nal, i) => {
    const last = i === groups.length - 1
    const slice = [1, 5].includes(nal.readUInt8(0) & 31)
    const marked = { honest: last, 'every-nal': true, 'every-slice': slice, never: false }[markers]
    const payloads = fragment(nal, payloadBytes)
    return payloads.map((payload, k) => ({ payload, marker: marked && k === payloads.length - 1 }))
  })
}

/** SPS or PPS. */
export function isParameterSet(nal: Buffer): boolean {
  return [7, 8].includes(nal.readUInt8(0) & 31)
}

function joinParameterSets(nals: readonly Buffer[]): Buffer[] {
  const sets = nals.filter(isParameterSet)
  if (sets.length < 2) return [...nals]
  const sized = sets.flatMap((nal) => {
    const size = Buffer.alloc(2)
    size.writeUInt16BE(nal.length)
    return [size, nal]
  })
  const at = nals.findIndex(isParameterSet)
  const others = nals.filter((nal) => !isParameterSet(nal))
  return [...others.slice(0, at), Buffer.concat([Buffer.from([0x78]), ...sized]), ...others.slice(at)]
}

function fragment(nal: Buffer, payloadBytes: number): Buffer[] {
  if (nal.length <= payloadBytes) return [nal]
  const header = nal.readUInt8(0)
  const pieces: Buffer[] = []
  for (let at = 1; at < nal.length; at += payloadBytes - 2) {
    const end = Math.min(at + payloadBytes - 2, nal.length)
    const flags = (at === 1 ? 0x80 : 0) | (end === nal.length ? 0x40 : 0)
    pieces.push(Buffer.concat([Buffer.from([(header & 0xe0) | 28, flags | (header & 31)]), nal.subarray(at, end)]))
  }
  return pieces
}
