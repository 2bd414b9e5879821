import type { Template } from './template.ts'

/** What could be read of another service's configuration. */
export interface ImportedConfig {
  readonly cameras: readonly ImportedCamera[]
  /** The port it listens on. */
  readonly port?: number
  readonly notes: readonly ImportNote[]
}

export interface ImportedCamera {
  /** As the other service calls it; it may not be a valid id here. */
  readonly id: string
  readonly line: number | undefined
  /** Its address, perhaps with credentials in it. */
  readonly address: Template
  readonly name?: Template
  readonly ip?: Template
  readonly user?: Template
  readonly password?: Template
  readonly onDemand?: boolean
}

/** Something that was not carried over, or not as it was. It repeats names, never values. */
export interface ImportNote {
  readonly line: number | undefined
  readonly message: string
}
