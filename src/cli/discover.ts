import type { Credentials } from '../lib/camera-url.ts'
import { CameraUrl } from '../lib/camera-url.ts'
import { Secret } from '../lib/secret.ts'
import { type DiscoveryOptions, discoverCameras, type FoundCamera } from '../onvif/discover-cameras.ts'
import { OnvifDevice, type OnvifProfile } from '../onvif/onvif-device.ts'
import { type CommandContext, EXIT } from './command-context.ts'

export interface DiscoverOptions {
  readonly json: boolean
  /** Logs in at each camera to read what it offers. The password is CAMERA_PASSWORD of the environment. */
  readonly user: string | undefined
  readonly seconds: number
  readonly target?: DiscoveryOptions['target']
}

/** Lists the ONVIF cameras of this machine's networks, with the lines that a configuration needs for them. */
export async function discover({ json, user, seconds, target }: DiscoverOptions, context: CommandContext): Promise<number> {
  const cameras = await discoverCameras({ waitMs: seconds * 1000, ...(target && { target }) })
  const password = new Secret(context.environment['CAMERA_PASSWORD'] ?? '')
  const known = await Promise.all(
    cameras.map(async (camera) => ({ ...camera, ...(user === undefined ? {} : await readProfiles(camera, { user, password })) })),
  )
  if (json) context.stdout.write(`${JSON.stringify({ cameras: known }, undefined, 2)}\n`)
  else context.stdout.write(known.length === 0 ? NOBODY : describe(known, user))
  return EXIT.fine
}

type KnownCamera = FoundCamera & { readonly profiles?: readonly OnvifProfile[]; readonly problem?: string }

async function readProfiles({ host, port }: FoundCamera, credentials: Credentials) {
  try {
    return { profiles: await new OnvifDevice(new CameraUrl({ scheme: 'http', host, port, path: '', credentials })).profiles() }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}

function describe(cameras: readonly KnownCamera[], user: string | undefined): string {
  return [
    ...cameras.flatMap(({ host, port, name, hardware, profiles, problem }) => [
      `${host}:${port}  ${[name, hardware].filter(Boolean).join(', ')}`.trimEnd(),
      ...(profiles ?? []).map(({ encoding, width, height }) => `      ${encoding || 'no video'} ${width}x${height}`),
      ...(problem === undefined ? [] : [`      ${problem}`]),
    ]),
    '',
    '# for atalaya.yaml:',
    'cameras:',
    ...cameras.map(({ host, port }, index) => {
      const place = `brand: onvif, host: ${host}${port === 80 ? '' : `, port: ${port}`}`
      return `  camera${index + 1}: { ${place}, user: ${JSON.stringify(user ?? 'admin')}, password: "\${CAMERA_PASSWORD}" }`
    }),
    '',
  ].join('\n')
}

const NOBODY = `No camera answered. Switch ONVIF on in the cameras, and look from a machine of the same network: the question does not cross routers.
`
