import type { SourceConfig } from './config.ts'
import { shownAddress } from './shown-address.ts'

/** What a camera is received from, for people to read: without credentials. */
export function shownSource(source: SourceConfig): string {
  if (source.kind === 'test') return `test:${source.pattern}`
  if (source.kind === 'file') return `file:${source.path}`
  return source.kind === 'device' ? source.device : shownAddress(source.url)
}
