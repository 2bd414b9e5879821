import type { AtalayaError } from '../../src/api/errors.ts'
import type { Decoder, Engines } from '../../src/engine/engine.ts'
import type { Track } from '../../src/media/packet.ts'
import type { Picture } from '../../src/media/picture.ts'
import type { PictureCondition } from '../../src/media/picture-condition.ts'
import type { Rendition } from '../../src/media/rendition.ts'
import type { PacketCost } from '../../src/telemetry/metrics.ts'
import { packetOf } from './clips.ts'

/** A decoder and all that came out of it. */
export interface WatchedDecoder {
  readonly decoder: Decoder
  readonly pictures: readonly (Picture & { readonly rendition: number })[]
  readonly failures: readonly AtalayaError[]
  /** Each change. */
  readonly conditions: readonly PictureCondition[]
  /** Of each packet that the engine is done with. */
  readonly costs: readonly PacketCost[]
  /** Hands over access units as a camera of 25 pictures a second would, numbered on from the last. */
  push(units: readonly Buffer[], catchUp?: boolean): void
}

/** Opens a decoder with the given renditions, by key. */
export async function watchDecoder(
  engines: Engines,
  renditions: Readonly<Record<number, Rendition>>,
  place: { readonly camera?: string; readonly track?: Track } = {},
): Promise<WatchedDecoder> {
  const pictures: (Picture & { readonly rendition: number })[] = []
  const failures: AtalayaError[] = []
  const conditions: PictureCondition[] = []
  const costs: PacketCost[] = []
  let sequence = 0
  const decoder = await engines.openDecoder(place.camera ?? 'camera', place.track ?? { codec: 'h264' }, {
    picture: (rendition, picture) => pictures.push({ rendition, ...picture }),
    condition: (condition) => conditions.push(condition),
    failed: (error) => failures.push(error),
    packetDone: (cost) => costs.push(cost),
  })
  decoder.setRenditions(new Map(Object.entries(renditions).map(([key, rendition]) => [Number(key), rendition])))
  const push = (units: readonly Buffer[], catchUp = false) => {
    for (const unit of units) {
      decoder.push(packetOf(unit, sequence), sequence, catchUp)
      sequence++
    }
  }
  return { decoder, pictures, failures, conditions, costs, push }
}
