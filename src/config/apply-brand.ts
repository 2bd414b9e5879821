import { BRANDS, brandAddress } from './brands.ts'
import type { Findings } from './findings.ts'
import { isHost } from './is-host.ts'
import type { CameraObject } from './schema.ts'

/**
 * Fills in the addresses that follow from `brand:` and `host:`. An address that is written wins. Without `stream:` the camera
 * gets both of its streams, with it the one that is named and no other.
 */
export function applyBrand(path: readonly string[], camera: CameraObject, findings: Findings): CameraObject {
  const { brand, host, port, channel, stream } = camera
  const hasAddress = (camera.url ?? camera.rtsp ?? camera.main) !== undefined
  if (brand === undefined || hasAddress) {
    const idle = (['host', 'port', 'stream'] as const).filter((key) => camera[key] !== undefined)
    for (const key of idle) findings.problem([...path, key], brand ? BESIDE_ADDRESS : WITHOUT_BRAND, 'key')
    if (channel !== undefined && brand === undefined) findings.problem([...path, 'channel'], WITHOUT_BRAND, 'key')
    return camera
  }
  const place = host ?? camera.ip
  if (place === undefined) {
    findings.problem([...path, 'brand'], `needs to know where the camera is: write host: beside it, such as host: 192.168.1.20`)
    return camera
  }
  if (!isHost(place)) {
    findings.problem(
      [...path, host === undefined ? 'ip' : 'host'],
      'must be an IP address or a host name; a port goes into port:',
    )
    return camera
  }
  const address = (name: 'main' | 'sub') => brandAddress(brand, name, { host: place, port, channel })
  const main = { ...camera, main: address(stream ?? 'main') }
  return stream === undefined && camera.sub === undefined ? { ...main, sub: address('sub') } : main
}

/** The TCP port at which a camera answers ONVIF, where it says `onvif:` or its brand is known to. */
export function onvifPortOf({ brand, onvif, port }: CameraObject): number {
  if (typeof onvif === 'number') return onvif
  if (brand === undefined) return BRANDS.onvif.onvifPort
  return (brand === 'onvif' ? port : undefined) ?? BRANDS[brand].onvifPort
}

const WITHOUT_BRAND = 'goes with brand: write brand: amcrest (or another) beside it, or the address of the stream instead'
const BESIDE_ADDRESS = 'goes with brand where there is no address: keep either it or the address'
