import type { SourceConfig } from '../config/config.ts'
import { shownAddress } from '../config/shown-address.ts'
import type { InputRequest } from '../engine/engine.ts'
import type { CameraUrl } from '../lib/camera-url.ts'
import { portOf } from '../rtsp/rtsp-port.ts'

/** A stream of the network as libav opens it. */
export function streamRequest(source: Extract<SourceConfig, { kind: 'rtsp' | 'libav' }>): InputRequest {
  const { url } = source
  return {
    kind: 'stream',
    address: addressWithLogin(
      source.kind === 'rtsp' && source.transport === 'http' ? url.with({ port: portOf(url, 'http') }) : url,
    ),
    name: `The camera at ${shownAddress(url)}`,
    options: [optionsOf(source)],
  }
}

function optionsOf(source: Extract<SourceConfig, { kind: 'rtsp' | 'libav' }>): Record<string, string> {
  if (source.kind !== 'rtsp') return {}
  const transport = source.transport === 'http' && source.url.scheme === 'rtsps' ? 'https' : (source.transport ?? 'tcp')
  return { rtsp_transport: transport, allowed_media_types: 'video', tls_verify: source.tls.verify ? '1' : '0' }
}

function addressWithLogin({ scheme, authority, path, credentials }: CameraUrl): string {
  const login = credentials ? `${encodeURIComponent(credentials.user)}:${encodeURIComponent(credentials.password.reveal())}@` : ''
  return `${scheme}://${login}${authority}${path}`
}
