import type { AtalayaError } from '../../src/api/errors.ts'
import type { Decoder, Engines } from '../../src/engine/engine.ts'
import type { Track } from '../../src/media/packet.ts'
import type { Picture } from '../../src/media/picture.ts'
import type { PictureCondition } from '../../src/media/picture-condition.ts'
import type { Rendition } from '../../src/media/rendition.ts'
import { micros, now } from '../../src/media/time.ts'
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
  /** As `push`, of pictures that are never too late to be shown, however busy the machine is. */
  pushTimely(units: readonly Buffer[]): void
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
  const pushTaken = (units: readonly Buffer[], catchUp: boolean, after: number) => {
    for (const unit of units) {
      decoder.push({ ...packetOf(unit, sequence), capturedAt: micros(now() + after) }, sequence, catchUp)
      sequence++
    }
  }
  const push = (units: readonly Buffer[], catchUp = false) => pushTaken(units, catchUp, 0)
  const pushTimely = (units: readonly Buffer[]) => pushTaken(units, false, 60_000_000)
  return { decoder, pictures, failures, conditions, costs, push, pushTimely }
}
