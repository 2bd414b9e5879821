import { H265_NAL, h265NalType, parseH265PpsIds, parseVpsId } from './h265.ts'
import { parseH265SpsIds } from './h265-sps.ts'
import type { ParameterSets, SetsInForce } from './nal-syntax.ts'

/** The parameter sets of one H.265 stream: VPS, SPS and PPS. */
export class H265ParameterSets implements ParameterSets {
  readonly #vps = new Map<number, Buffer>()
  readonly #sps = new Map<number, { vps: number; nal: Buffer }>()
  readonly #pps = new Map<number, { sps: number; nal: Buffer }>()

  add(nal: Uint8Array): boolean {
    if (nal.length > MAX_BYTES) return false
    switch (h265NalType(nal[0] ?? 0)) {
      case H265_NAL.VPS:
        return this.#addVps(nal)
      case H265_NAL.SPS:
        return this.#addSps(nal)
      case H265_NAL.PPS:
        return this.#addPps(nal)
      default:
        return false
    }
  }

  setsOf(pps: number): SetsInForce | undefined {
    const id = this.#pps.get(pps)?.sps
    const sps = id === undefined ? undefined : this.#sps.get(id)
    const vps = sps && this.#vps.get(sps.vps)
    if (!sps || !vps) return undefined
    const all = [vps, sps.nal, ...[...this.#pps.values()].filter((entry) => entry.sps === id).map(({ nal }) => nal)]
    return { sps: sps.nal, all }
  }

  #addVps(nal: Uint8Array): boolean {
    const id = parseVpsId(nal)
    if (id === undefined || this.#vps.get(id)?.equals(nal)) return false
    this.#vps.set(id, Buffer.from(nal))
    return true
  }

  #addSps(nal: Uint8Array): boolean {
    const ids = parseH265SpsIds(nal)
    if (!ids || this.#sps.get(ids.id)?.nal.equals(nal)) return false
    this.#sps.set(ids.id, { vps: ids.vps, nal: Buffer.from(nal) })
    return true
  }

  #addPps(nal: Uint8Array): boolean {
    const ids = parseH265PpsIds(nal)
    if (!ids || this.#pps.get(ids.id)?.nal.equals(nal)) return false
    this.#pps.set(ids.id, { sps: ids.sps, nal: Buffer.from(nal) })
    return true
  }
}

/** Scaling lists and all, a parameter set stays well below this; at most 96 of them are kept. */
const MAX_BYTES = 4096
