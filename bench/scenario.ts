/** One question that the bench answers. */
export interface Scenario {
  /** As it is called on the command line. */
  readonly name: string
  /** What is measured, in a few words. */
  readonly title: string
  /** Who is compared with whom; the gateway and the peer that each figure names unless given. */
  readonly names?: readonly [own: string, peer: string]
  /** Starts all that it needs, measures, and ends all that it started. */
  run(options: ScenarioOptions): Promise<Report>
}

export interface ScenarioOptions {
  /** Fewer and shorter tries: enough to see that something has changed, not for figures to be published. */
  readonly isQuick: boolean
  /** How often the gateway and its peers take turns; the median of the rounds counts. */
  readonly rounds: number
}

/** What came out. */
export interface Report {
  readonly figures: readonly Figure[]
  /** The single readings behind the figures, for the JSON file. */
  readonly readings: unknown
  /** SVG documents by name; those of published figures lie in docs/images. */
  readonly charts?: Readonly<Record<string, string>>
}

export interface Figure {
  readonly what: string
  readonly value: number
  readonly unit?: string
  /** The same of the peer, measured beside it, and who that is. */
  readonly peer?: number
  readonly peerName?: string
  /** What the value has to keep to; where there is a peer, the ratio of both. */
  readonly bar?: Bar
}

export type Bar = { readonly atMost: number } | { readonly atLeast: number }
