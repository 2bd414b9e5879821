import { AtalayaError } from '../api/errors.ts'
import { START_CODE } from '../media/annex-b.ts'
import type { NalSliceStart, NalSyntax, ParameterSets } from '../media/nal-syntax.ts'
import type { Micros } from '../media/time.ts'

/** One coded picture as it came in. */
export interface AccessUnit {
  /** Annex B; a keyframe begins with its parameter sets. Access unit delimiters are left out. Of JPEG: one whole picture. */
  readonly data: Buffer
  readonly keyframe: boolean
  /** 32 bits of RTP time. */
  readonly timestamp: number
  /** Of its first packet. */
  readonly arrival: Micros
  /** What describes the picture: its sequence parameter set, the same object as long as its bytes are the same, or the JPEG itself. */
  readonly description: Buffer
  /** The picture may have to be shown before one that came earlier. */
  readonly isBidirectional: boolean
}

/**
 * Puts NAL units together to access units. One is passed on the moment it is complete: at the RTP marker, where the camera
 * sets it as RFC 6184 section 5.1 and RFC 7798 section 4.1 say; else when the next one begins, told by a change of the timestamp, by an access unit
 * delimiter, or by a first slice. The very first access unit is held until the packet after it shows
 * that the marker told the truth: some cameras set it on every slice. From the first loss on nothing is passed on until
 * the next keyframe.
 */
export class AccessUnits {
  readonly #syntax: NalSyntax
  readonly #sets: ParameterSets
  readonly #pass: (unit: AccessUnit) => void
  /** The unit under construction, reused from unit to unit. */
  #buffer = Buffer.allocUnsafe(65_536)
  #length = 0
  /** NAL units of the unit under construction, delimiters and parameter sets included. */
  #nals = 0
  #timestamp = 0
  #arrival = 0 as Micros
  #packetArrival = 0 as Micros
  #slices = 0
  #isRandomAccess = false
  #intra = true
  #isBidirectional = false
  #pps = 0
  #spsSeen = false
  #changedSets: Buffer[] = []
  /** Where the open NAL unit begins in the buffer, its start code first; undefined between NAL units. */
  #nalBegin: number | undefined
  #markers: 'unproven' | 'honest' | 'lying' = 'unproven'
  #held = false
  /** The timestamp of the unit that a marker ended last. */
  #endedByMarker: number | undefined
  #waiting = true
  #started = false
  /** The timestamp of the unit that was passed on last. */
  #passed: number | undefined
  #dropped = 0

  /** @param pass takes each access unit, within the call that completes it. */
  constructor(syntax: NalSyntax, pass: (unit: AccessUnit) => void) {
    this.#syntax = syntax
    this.#sets = syntax.openParameterSets()
    this.#pass = pass
  }

  /** Access units dropped after a loss, from the damaged one up to the next keyframe. */
  get dropped(): number {
    return this.#dropped
  }

  /** Takes a parameter set that was told before the stream began. */
  addParameterSet(nal: Uint8Array): void {
    this.#sets.add(nal)
  }

  /** A packet begins; a new timestamp ends the unit before. */
  beginPacket(timestamp: number, arrival: Micros): void {
    if (this.#length > 0 && timestamp !== this.#timestamp) {
      if (this.#held) this.#markers = 'honest'
      this.#finish()
    }
    if (timestamp !== this.#timestamp && this.#waiting && this.#started && this.#passed !== this.#timestamp) this.#dropped++
    if (timestamp !== this.#timestamp) this.#nals = 0
    this.#timestamp = timestamp
    this.#packetArrival = arrival
  }

  /** A packet is through; its marker ends the unit unless this camera's markers lie. */
  endPacket(marker: boolean): void {
    if (!marker || this.#slices === 0 || this.#nalBegin !== undefined) return
    // Several slices of which only the last is marked: that is what the marker is for.
    if (this.#markers === 'unproven' && this.#slices > 1 && !this.#held) this.#markers = 'honest'
    if (this.#markers === 'honest') {
      this.#endedByMarker = this.#timestamp
      this.#finish()
    } else this.#held = this.#markers === 'unproven'
  }

  /**
   * A NAL unit begins, with its header and the first bytes after it.
   * @throws {AtalayaError} `protocol_error`, as `append` does, when the picture never ends; what comes then begins anew
   */
  beginNal(header: Uint8Array, bytes: Uint8Array): void {
    const first = header[0] ?? 0
    const kind = this.#syntax.kindOf(first)
    const slice = kind === 'slice' ? this.#syntax.parseSlice(first, bytes) : undefined
    if (this.#nalBegin !== undefined || (kind === 'slice' && !slice)) this.lose()
    if (kind === 'slice' && !slice) return
    // Parameter sets and SEI should only come first, too (ITU-T H.264 section 7.4.1.2.3, H.265 section 7.4.2.4.4), but GStreamer's payloader repeats
    // the parameter sets before every slice of a keyframe.
    if (this.#slices > 0 && (kind === 'delimiter' || slice?.isFirst)) {
      if (this.#held) this.#markers = 'honest'
      this.#finish()
    }
    if (slice && !this.#beginSlice(slice)) return
    if (this.#length === 0) this.#arrival = this.#packetArrival
    if (++this.#nals > MAX_NALS) throw this.#refuse(`${MAX_NALS} NAL units`)
    this.#nalBegin = this.#length
    this.#write(START_CODE)
    this.#write(header)
    this.append(bytes)
  }

  /** More bytes of the open NAL unit. Without one, its beginning is lost. */
  append(bytes: Uint8Array): void {
    if (this.#length + bytes.length > MAX_UNIT_BYTES) throw this.#refuse(`${MAX_UNIT_BYTES / 1024 / 1024} MiB`)
    if (this.#nalBegin === undefined) this.lose()
    else this.#write(bytes)
  }

  /** The open NAL unit is whole. Parameter sets are put aside, for the beginning of the unit that needs them. */
  endNal(): void {
    if (this.#nalBegin === undefined) return
    const nal = this.#buffer.subarray(this.#nalBegin + START_CODE.length, this.#length)
    const kind = this.#syntax.kindOf(nal[0] ?? 0)
    const isSet = kind === 'sps' || kind === 'parameter-set'
    if (isSet) {
      if (kind === 'sps') this.#spsSeen = true
      if (this.#sets.add(nal) && this.#changedSets.length < MAX_CHANGED_SETS) this.#changedSets.push(Buffer.from(nal))
    }
    if (isSet || kind === 'delimiter') this.#length = this.#nalBegin
    this.#nalBegin = undefined
  }

  /** Something is missing or damaged: the unit under construction and all up to the next keyframe are of no use. */
  lose(): void {
    this.#waiting = true
    this.#reset()
  }

  #refuse(limit: string): AtalayaError {
    this.lose()
    return new AtalayaError('protocol_error', `The camera sends a picture that never ends: it has more than ${limit}.`)
  }

  /** False when the slice cannot be used, for the picture's beginning is not there. */
  #beginSlice(slice: NalSliceStart): boolean {
    if (this.#slices === 0 && !slice.isFirst) {
      if (this.#endedByMarker === this.#timestamp && this.#markers === 'honest') this.#markers = 'lying'
      this.lose()
      return false
    }
    if (this.#held) {
      this.#markers = 'lying'
      this.#held = false
    }
    this.#slices++
    this.#isRandomAccess ||= slice.isRandomAccess
    this.#intra &&= slice.isIntra
    this.#isBidirectional ||= slice.isBidirectional
    this.#pps = slice.pps
    return true
  }

  /** Passes the unit on if it is of use, and makes room for the next. */
  #finish(): void {
    const unit = this.#nalBegin === undefined && this.#slices > 0 ? this.#complete() : undefined
    if (!unit) {
      if (this.#nalBegin === undefined && this.#slices === 0) this.#reset()
      else this.lose()
      return
    }
    this.#waiting = false
    this.#started = true
    this.#passed = this.#timestamp
    this.#changedSets = []
    this.#spsSeen = false
    this.#reset()
    this.#pass(unit)
  }

  /** Undefined while a keyframe is waited for, or the parameter sets that a decoder needs. */
  #complete(): AccessUnit | undefined {
    // Some cameras refresh without ever sending an IDR picture: there, parameter sets tell where decoding can begin.
    const keyframe = this.#isRandomAccess || (this.#intra && this.#spsSeen)
    const sets = this.#sets.setsOf(this.#pps)
    if (!sets || (this.#waiting && !keyframe)) return undefined
    const head = (keyframe ? sets.all : this.#changedSets).flatMap((set) => [START_CODE, set])
    const data = Buffer.concat([...head, this.#buffer.subarray(0, this.#length)])
    const [timestamp, arrival, isBidirectional] = [this.#timestamp, this.#arrival, this.#isBidirectional]
    return { data, keyframe, timestamp, arrival, isBidirectional, description: sets.sps }
  }

  /** Parameter sets that came stay noted: some cameras give them a timestamp of their own. */
  #reset(): void {
    this.#length = 0
    this.#nals = 0
    this.#slices = 0
    this.#isRandomAccess = false
    this.#intra = true
    this.#isBidirectional = false
    this.#nalBegin = undefined
    this.#held = false
  }

  #write(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2))
      this.#buffer.copy(larger, 0, 0, this.#length)
      this.#buffer = larger
    }
    this.#buffer.set(bytes, this.#length)
    this.#length = needed
  }
}

/** No picture is this large; a camera that goes on and on must not fill the memory. */
const MAX_UNIT_BYTES = 8 * 1024 * 1024
/** Level 6.2 of H.265 ends at 600 slices. */
const MAX_NALS = 4096
const MAX_CHANGED_SETS = 16
