/**
 * Counters and histograms of cameras, in Prometheus' text format. Much of this is counted for every picture of every viewer:
 * counting is a look-up and an addition, and text is made when somebody asks.
 */
export abstract class CameraMetric {
  readonly #name: string
  readonly #head: string

  protected constructor(type: 'counter' | 'histogram', name: string, help: string) {
    this.#name = name
    this.#head = `# HELP ${name} ${help}\n# TYPE ${name} ${type}`
  }

  /** The camera is gone, and its lines with it. */
  abstract forget(camera: string): void

  /** Its lines, a heading first. */
  format(): string {
    const samples = this.samples().map(
      ({ suffix = '', labels, value }) => `${this.#name}${suffix}{${formatLabels(labels)}} ${value}`,
    )
    return [this.#head, ...samples].join('\n')
  }

  protected abstract samples(): Sample[]
}

interface Sample {
  readonly suffix?: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

function formatLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',')
}

/** Counts what happened to each camera, by reason where there are several. */
export class CameraCounter<R extends string = never> extends CameraMetric {
  readonly #counts = new Map<string, Map<R | undefined, number>>()

  constructor(name: string, help: string) {
    super('counter', name, help)
  }

  count(camera: string, by = 1, reason?: R): void {
    const counts = this.#counts.get(camera) ?? this.#begin(camera)
    counts.set(reason, (counts.get(reason) ?? 0) + by)
  }

  override forget(camera: string): void {
    this.#counts.delete(camera)
  }

  protected override samples(): Sample[] {
    return [...this.#counts].flatMap(([camera, counts]) =>
      [...counts].map(([reason, value]) => ({ labels: { camera, ...(reason !== undefined && { reason }) }, value })),
    )
  }

  #begin(camera: string): Map<R | undefined, number> {
    const counts = new Map<R | undefined, number>()
    this.#counts.set(camera, counts)
    return counts
  }
}

/** Sorts times of each camera, in seconds, into buckets with these upper bounds. */
export class CameraHistogram extends CameraMetric {
  readonly #bounds: readonly number[]
  readonly #cameras = new Map<string, Distribution>()

  /** @param bounds in ascending order */
  constructor(name: string, help: string, bounds: readonly number[]) {
    super('histogram', name, help)
    this.#bounds = bounds
  }

  observe(camera: string, seconds: number): void {
    const distribution = this.#cameras.get(camera) ?? this.#begin(camera)
    const bucket = this.#bounds.findIndex((bound) => seconds <= bound)
    if (bucket >= 0) distribution.counts[bucket] = (distribution.counts[bucket] ?? 0) + 1
    distribution.count++
    distribution.sum += seconds
  }

  override forget(camera: string): void {
    this.#cameras.delete(camera)
  }

  protected override samples(): Sample[] {
    return [...this.#cameras].flatMap(([camera, { counts, count, sum }]) => {
      let below = 0
      const buckets = this.#bounds.map((bound, index) => {
        below += counts[index] ?? 0
        return { suffix: '_bucket', labels: { le: String(bound), camera }, value: below }
      })
      return [
        ...buckets,
        { suffix: '_bucket', labels: { le: '+Inf', camera }, value: count },
        { suffix: '_sum', labels: { camera }, value: sum },
        { suffix: '_count', labels: { camera }, value: count },
      ]
    })
  }

  #begin(camera: string): Distribution {
    const distribution = { counts: this.#bounds.map(() => 0), count: 0, sum: 0 }
    this.#cameras.set(camera, distribution)
    return distribution
  }
}

interface Distribution {
  /** By bucket; what is above the last bound is in none. */
  readonly counts: number[]
  count: number
  sum: number
}
