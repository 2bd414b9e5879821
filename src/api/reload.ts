import { z } from 'zod'

/** Which cameras another configuration has touched, by id. */
export interface ReloadedCameras {
  readonly added: readonly string[]
  /** Settings of theirs differ; their viewers stayed. */
  readonly changed: readonly string[]
  readonly removed: readonly string[]
  /** Those of `changed` that had to be connected anew. */
  readonly reconnected: readonly string[]
}

/** What another configuration has changed. */
export interface ReloadReport {
  readonly cameras: ReloadedCameras
  /** Other settings that are in force from now on, as dotted keys of the configuration. */
  readonly settings: readonly string[]
  /** Settings that differ from what runs and take effect with the next start only. */
  readonly needsRestart: readonly string[]
  /** What is worth a second look, each with its place. */
  readonly warnings: readonly string[]
}

/** Whether the configuration is the one that runs. */
export interface ConfigStatus {
  /** `refused`: the file was changed and is wrong; the former configuration stays in force. */
  readonly state: 'in-force' | 'refused'
  /** Since when: ISO 8601. */
  readonly since: string
  readonly needsRestart: readonly string[]
  /** Everything that is wrong, each with file, line and column. */
  readonly problems: readonly string[]
}

const names = () => z.array(z.string()).readonly()

/** `POST /api/config/reload`. */
export const ReloadBody = z.object({
  cameras: z.object({ added: names(), changed: names(), removed: names(), reconnected: names() }),
  settings: names().describe('Other settings in force from now on, as dotted keys.'),
  needsRestart: names().describe('Settings that take effect with the next start only.'),
  warnings: names().describe('What is worth a second look, each with its place.'),
})

/** `GET /api/config`, and part of `GET /readyz`. */
export const ConfigStatusBody = z
  .object({
    state: z.enum(['in-force', 'refused']).describe('refused: the file is wrong; the former configuration stays in force.'),
    since: z.iso.datetime(),
    needsRestart: names(),
    problems: names().describe('Everything that is wrong, each with file, line and column.'),
  })
  .meta({ id: 'ConfigStatus' })
