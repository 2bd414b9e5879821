import type { ConfigPath } from './config-document.ts'

/** Takes note of a problem or a warning at a place of the configuration. No sentence may repeat a value. */
export interface Findings {
  problem(path: ConfigPath, message: string, part?: 'key' | 'value'): void
  warning(path: ConfigPath, message: string): void
}
