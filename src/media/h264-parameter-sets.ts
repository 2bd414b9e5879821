import { NAL, nalType, parsePpsIds, parseSpsId } from './h264.ts'

/** The parameter sets of one H.264 stream, by their numbers, so that any keyframe can be sent out with those it needs. */
export class H264ParameterSets {
  readonly #sps = new Map<number, Buffer>()
  readonly #pps = new Map<number, { sps: number; nal: Buffer }>()

  /** Keeps a copy of an SPS or PPS. True when it differs from what was known; what is damaged or no parameter set is passed over. */
  add(nal: Uint8Array): boolean {
    if (nal.length > MAX_BYTES) return false
    if (nalType(nal[0] ?? 0) === NAL.SPS) return this.#addSps(nal)
    return nalType(nal[0] ?? 0) === NAL.PPS && this.#addPps(nal)
  }

  /** The SPS in force for slices that name this PPS: the same object as long as its bytes are the same. */
  spsOf(pps: number): Buffer | undefined {
    const entry = this.#pps.get(pps)
    return entry && this.#sps.get(entry.sps)
  }

  /** The SPS and every PPS that refers to it, in the order a decoder wants them; undefined while one is missing. */
  setsOf(pps: number): Buffer[] | undefined {
    const id = this.#pps.get(pps)?.sps
    const sps = this.spsOf(pps)
    if (!sps) return undefined
    return [sps, ...[...this.#pps.values()].filter((entry) => entry.sps === id).map((entry) => entry.nal)]
  }

  #addSps(nal: Uint8Array): boolean {
    const id = parseSpsId(nal)
    if (id === undefined || this.#sps.get(id)?.equals(nal)) return false
    this.#sps.set(id, Buffer.from(nal))
    return true
  }

  #addPps(nal: Uint8Array): boolean {
    const ids = parsePpsIds(nal)
    if (!ids) return false
    const known = this.#pps.get(ids.id)
    if (known?.nal.equals(nal)) return false
    this.#pps.set(ids.id, { sps: ids.sps, nal: Buffer.from(nal) })
    return true
  }
}

/** Scaling lists and all, a parameter set stays well below this; 288 of them are kept at most. */
const MAX_BYTES = 4096
