import { setTimeout as sleep } from 'node:timers/promises'
import { AtalayaError } from '../api/errors.ts'
import { type Gateway, type GatewayOptions, startGateway, VERSION } from '../gateway.ts'
import type { Log } from '../telemetry/log.ts'
import { createPinoLog, type LogLevel } from '../telemetry/pino-log.ts'
import { addressesOf, partsOf } from './addresses.ts'
import { type ChosenConfig, type ConfigChoice, chooseConfig, loadNamed } from './choose-config.ts'
import { type CommandContext, EXIT } from './command-context.ts'
import { FileWatch } from './file-watch.ts'
import { rememberTerminal } from './lost-terminal.ts'
import { ReloadWishes, reloadAsWished } from './reload-wishes.ts'
import { ShutdownSignal } from './shutdown-signal.ts'
import { describeExposure, describeOrigin, formatWelcome } from './welcome.ts'

export interface ServeOptions extends ConfigChoice {
  readonly logLevel: LogLevel
}

/** How long the gateway may take to end. */
const SHUTDOWN_MS = 10_000

/**
 * Serves until it is told to end.
 * @throws {UsageError | AtalayaError} when it cannot start.
 */
export async function serve(options: ServeOptions, context: CommandContext): Promise<number> {
  using watch = new FileWatch({ onChange: () => reloadAsWished(gateway, log, false) })
  const onFile = (file: string) => watch.add(file)
  const chosen = await chooseConfig({ ...options, onFile }, context)
  const isForPeople = context.stdout.isTTY === true
  const log = createPinoLog({ level: options.logLevel, pretty: isForPeople })
  const hasLostTerminal = rememberTerminal(context.platform)
  using shutdown = new ShutdownSignal(context.signals, () => process.exit(EXIT.failed), hasLostTerminal)
  const { file } = chosen
  const load = file === undefined ? undefined : () => loadNamed(file, { overrides: options.overrides, onFile }, context)
  const gateway = await start(chosen, { log, load }, context)
  using _ = new ReloadWishes(context.signals, () => hasLostTerminal() || void reloadAsWished(gateway, log, true))
  watch.start()
  if (isForPeople) context.stdout.write(formatWelcome(VERSION, chosen, gateway.address))
  else announce(chosen, gateway, log)
  const signal = await shutdown.received
  log.info({ signal }, isForPeople ? 'shutting down; Ctrl+C again ends at once' : 'shutting down')
  return (await closeInTime(gateway, log)) ? EXIT.fine : EXIT.failed
}

async function start({ config }: ChosenConfig, options: GatewayOptions, context: CommandContext): Promise<Gateway> {
  try {
    return await startGateway(config, options)
  } catch (error) {
    if (!(error instanceof AtalayaError) || error.code !== 'port_in_use') throw error
    // biome-ignore lint/style/useErrorCause: the cause is the third argument
    throw new AtalayaError('port_in_use', portInUse(config.server, context), { cause: error })
  }
}

function portInUse({ host, port }: { host: string; port: number }, { platform }: CommandContext): string {
  const other = port === 65_535 ? 5001 : port + 1
  const airPlay =
    platform === 'darwin' && port === 5000
      ? ' On macOS it is often the AirPlay Receiver (System Settings, General, AirDrop & Handoff).'
      : ''
  return `Port ${port} of ${host} is in use.${airPlay} Stop the program that holds it, or choose another port: --port ${other}`
}

function announce(chosen: ChosenConfig, gateway: Gateway, log: Log): void {
  const { host, port } = gateway.address
  const [page = ''] = addressesOf(host, port, partsOf(chosen.config))
  const cameras = [...chosen.config.cameras.values()].map(({ id, name }) => ({ id, name, url: `${page}camera/${id}` }))
  for (const warning of chosen.warnings) log.warn({}, warning)
  const exposure = describeExposure(chosen.config, port)
  if (exposure) log.warn({ host, port }, exposure)
  log.info({ version: VERSION, url: page, host, port, loaded: describeOrigin(chosen), cameras }, 'serving')
}

async function closeInTime(gateway: Gateway, log: Log): Promise<boolean> {
  const limit = new AbortController()
  const isTooLate = sleep(SHUTDOWN_MS, true, { signal: limit.signal }).catch(() => false)
  const closed = gateway.close().then(() => false)
  if (await Promise.race([closed, isTooLate])) {
    log.error({ seconds: SHUTDOWN_MS / 1000 }, 'not everything ended in time')
    return false
  }
  limit.abort()
  log.info({}, 'stopped')
  return true
}
