/** One filter of libavfilter with its options, whose values may hold any character. */
export interface FilterSpec {
  readonly filter: string
  readonly options: Readonly<Record<string, string>>
}

/** Filters in a row, as a command line names them. */
export function formatFilters(specs: readonly FilterSpec[]): string {
  return specs.map(formatFilter).join(',')
}

function formatFilter({ filter, options }: FilterSpec): string {
  const settings = Object.entries(options).map(([name, value]) => `${name}=${escapeValue(value)}`)
  return settings.length === 0 ? filter : `${filter}=${settings.join(':')}`
}

/** Once for the options of a filter, once more for the graph (ffmpeg-filters, "Notes on filtergraph escaping"). */
function escapeValue(value: string): string {
  return value.replaceAll(/[\\':]/g, '\\$&').replaceAll(/[\\'[\],;]/g, '\\$&')
}
