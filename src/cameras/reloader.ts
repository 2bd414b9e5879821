import { AtalayaError } from '../api/errors.ts'
import type { ConfigStatus, ReloadReport } from '../api/reload.ts'
import { ConfigError } from '../config/config-error.ts'
import type { ConfigInForce } from '../config/config-in-force.ts'
import type { LoadedConfig } from '../config/load-config.ts'
import { keepLocalCameras } from '../config/local-cameras.ts'
import type { EventLog } from '../telemetry/event-log.ts'
import type { Log } from '../telemetry/log.ts'
import type { CameraEditor } from './camera-editor.ts'

/** What the reloader works with. */
export interface ReloaderParts {
  readonly config: ConfigInForce
  readonly editor: CameraEditor
  readonly events: EventLog
  readonly log: Log
  /** Told of each reading whether it was right. */
  readonly onRead: (isInForce: boolean) => void
  /** Reads the configuration anew; absent where it came from no file. */
  readonly load: (() => Promise<LoadedConfig>) | undefined
}

/** Puts a changed configuration in force while the gateway runs. One that is wrong changes nothing and is remembered. */
export class Reloader {
  readonly #parts: ReloaderParts
  #status: ConfigStatus = { state: 'in-force', since: new Date().toISOString(), needsRestart: [], problems: [] }

  constructor(parts: ReloaderParts) {
    this.#parts = parts
  }

  /** What became of the last try. */
  get status(): ConfigStatus {
    return this.#status
  }

  /**
   * Reads the configuration again, secrets and the cameras of the local file with it, and touches what differs.
   * @throws {ConfigError} with every problem; the former configuration stays in force
   * @throws {AtalayaError} `no_config_file`, `too_many_changes`, `shutting_down`
   */
  async reload(): Promise<ReloadReport> {
    const { load } = this.#parts
    if (!load) throw new AtalayaError('no_config_file')
    return this.replace(load)
  }

  /** As `reload()`, with a configuration of the caller's making. */
  async replace(load: () => LoadedConfig | Promise<LoadedConfig>): Promise<ReloadReport> {
    const { editor, config } = this.#parts
    try {
      return await editor.reload(async (local) => {
        const { config: next, warnings } = await load()
        const kept = next.local.file === undefined ? keepLocalCameras(next, local) : next
        return {
          config: kept,
          putInForce: (cameras) => this.#onReloaded({ cameras, warnings, ...config.replace(kept) }),
        }
      })
    } catch (error) {
      if (error instanceof ConfigError) this.#onRefused(error)
      throw error
    }
  }

  #onReloaded(report: ReloadReport): ReloadReport {
    const { events, log, onRead } = this.#parts
    const { cameras, settings, needsRestart, warnings } = report
    const { added, changed, removed } = cameras
    const isNews =
      [added, changed, removed, settings].some(({ length }) => length > 0) ||
      this.#status.state === 'refused' ||
      String(needsRestart) !== String(this.#status.needsRestart)
    if (!isNews) return report
    this.#status = { state: 'in-force', since: new Date().toISOString(), needsRestart, problems: [] }
    onRead(true)
    events.publish({ type: 'config.reloaded', ...cameras, settings, needsRestart })
    for (const warning of warnings) log.warn({}, warning)
    log.info({ ...cameras, settings }, 'another configuration is in force')
    if (needsRestart.length > 0) log.warn({ needsRestart }, 'some settings take effect with the next start only')
    return report
  }

  #onRefused({ problems, message }: ConfigError): void {
    const { events, log, onRead } = this.#parts
    const { needsRestart } = this.#status
    this.#status = { state: 'refused', since: new Date().toISOString(), needsRestart, problems: message.split('\n') }
    onRead(false)
    events.publish({ type: 'config.refused', problems: this.#status.problems })
    log.error({ problems: problems.length }, 'the configuration was refused, the former one stays in force')
    for (const problem of this.#status.problems) log.error({}, problem)
  }
}
