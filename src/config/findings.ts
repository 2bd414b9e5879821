import type { ConfigPath } from './config-document.ts'

/** What a problem is about. A strange key is not named: part of a password can end up in the place of a key. */
export type ProblemPart = 'key' | 'strange-key' | 'value'

/** Takes note of a problem or a warning at a place of the configuration. No sentence may repeat a value. */
export interface Findings {
  problem(path: ConfigPath, message: string, part?: ProblemPart): void
  warning(path: ConfigPath, message: string): void
}
