/** What has to be known of a codec made of NAL units to put them together to access units. */
export interface NalSyntax {
  /** Bytes of the header that every NAL unit begins with. */
  readonly headerBytes: 1 | 2
  /** What the NAL unit is whose header begins with this byte. */
  kindOf(header: number): NalKind
  /** Reads the beginning of a slice, whose header byte comes first; undefined when it ends too early. */
  parseSlice(header: number, bytes: Uint8Array): NalSliceStart | undefined
  /**
   * How many pictures may come before one that is shown earlier, as the sequence parameter set says or implies; 0 where that cannot be read.
   * @param isBidirectional whether pictures were seen that are predicted from later ones
   */
  reorderedBy(sps: Uint8Array, isBidirectional: boolean): number
  /** A place for the parameter sets of one stream. */
  openParameterSets(): ParameterSets
}

export type NalKind = 'slice' | 'sps' | 'parameter-set' | 'delimiter' | 'other'

/** The first fields of a slice. */
export interface NalSliceStart {
  /** The slice begins a picture. */
  readonly isFirst: boolean
  /** Decoding can begin at the picture, for sure. */
  readonly isRandomAccess: boolean
  /** Only intra prediction: the slice needs no earlier picture. False also where that is not told. */
  readonly isIntra: boolean
  /** Predicted from two pictures, of which one may be shown later. False also where that is not told. */
  readonly isBidirectional: boolean
  readonly pps: number
}

/** The parameter sets of one stream, by their numbers, so that any keyframe can be sent out with those it needs. */
export interface ParameterSets {
  /** Keeps a copy. True when it differs from what was known; what is damaged or no parameter set is passed over. */
  add(nal: Uint8Array): boolean
  /** What a picture needs that names this PPS, undefined while one is missing. */
  setsOf(pps: number): SetsInForce | undefined
}

/** The parameter sets that a picture needs. */
export interface SetsInForce {
  /** The same object as long as its bytes are the same. */
  readonly sps: Buffer
  /** All, in the order a decoder wants them. */
  readonly all: readonly Buffer[]
}
