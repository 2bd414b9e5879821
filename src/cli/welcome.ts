import type { Config } from '../config/config.ts'
import { isLoopback } from '../config/loopback.ts'
import { addressesOf, partsOf } from './addresses.ts'
import type { ChosenConfig } from './choose-config.ts'

const MAX_CAMERAS_SHOWN = 20

/** What a person in front of a terminal is told when the gateway has started. */
export function formatWelcome(version: string, chosen: ChosenConfig, { host, port }: { host: string; port: number }): string {
  const [page = '', ...further] = addressesOf(host, port, partsOf(chosen.config))
  const cameras = [...chosen.config.cameras.values()]
  const addresses = cameras.slice(0, MAX_CAMERAS_SHOWN).map(({ id }) => `${page}camera/${id}`)
  const width = Math.max(...addresses.map((address) => address.length))
  const exposure = describeExposure(chosen.config, port)
  return [
    '',
    `  Atalaya ${version}`,
    '',
    ...column('Page', [page, ...further]),
    ...column(
      'Cameras',
      addresses.map((address, index) => `${address.padEnd(width)}   ${cameras[index]?.name ?? ''}`.trimEnd()),
    ),
    ...(cameras.length > MAX_CAMERAS_SHOWN ? [`             … and ${cameras.length - MAX_CAMERAS_SHOWN} more`] : []),
    ...column('Loaded', [describeOrigin(chosen)]),
    ...chosen.warnings.flatMap((warning) => column('Warning', [warning])),
    ...(exposure ? ['', `  !! ${exposure}`] : []),
    '',
    '  Ctrl+C stops it.',
    '',
    '',
  ].join('\n')
}

/** Where the cameras come from. */
export function describeOrigin({ config, file, isDemo }: ChosenConfig): string {
  if (isDemo) return 'demo cameras; your own: atalaya serve rtsp://user:password@192.168.1.20:554/stream1'
  const count = config.cameras.size === 1 ? '1 camera' : `${config.cameras.size} cameras`
  return `${file ?? 'the command line'} (${count})`
}

/** One loud sentence about who can see what, where not only this machine can. */
export function describeExposure({ server, cameras, auth }: Config, port: number): string | undefined {
  if (isLoopback(server.host) || auth !== 'none') return describeAccess(auth)
  const count = cameras.size === 1 ? 'the camera' : `all ${cameras.size} cameras`
  return `EVERYBODY who reaches port ${port} of ${server.host} can see and stop ${count}, without a password (auth: none).`
}

/** Whoever sees without logging in is said, and nobody else is. */
function describeAccess(auth: Config['auth']): string | undefined {
  if (typeof auth !== 'object' || auth.viewers.length === 0) return undefined
  return `Whoever asks from ${auth.viewers.join(', ')} sees every camera without logging in (auth.viewers).`
}

function column(label: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `  ${(index === 0 ? label : '').padEnd(11)}${line}`)
}
