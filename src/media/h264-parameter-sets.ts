import { NAL, nalType, parsePpsIds, parseSpsId } from './h264.ts'
import type { ParameterSets, SetsInForce } from './nal-syntax.ts'

/** The parameter sets of one H.264 stream: SPS and PPS. */
export class H264ParameterSets implements ParameterSets {
  readonly #sps = new Map<number, Buffer>()
  readonly #pps = new Map<number, { sps: number; nal: Buffer }>()

  add(nal: Uint8Array): boolean {
    if (nal.length > MAX_BYTES) return false
    if (nalType(nal[0] ?? 0) === NAL.SPS) return this.#addSps(nal)
    return nalType(nal[0] ?? 0) === NAL.PPS && this.#addPps(nal)
  }

  setsOf(pps: number): SetsInForce | undefined {
    const id = this.#pps.get(pps)?.sps
    const sps = id === undefined ? undefined : this.#sps.get(id)
    if (!sps) return undefined
    const all = [sps, ...[...this.#pps.values()].filter((entry) => entry.sps === id).map((entry) => entry.nal)]
    return { sps, all }
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
