import type { CameraConfig, SourceConfig } from '../config/config.ts'
import type { Engines } from '../engine/engine.ts'
import type { CameraUrl } from '../lib/camera-url.ts'
import { checkDestination } from '../lib/destinations.ts'
import { portOf } from '../rtsp/rtsp-port.ts'
import type { Log } from '../telemetry/log.ts'
import { deviceRequest } from './device-request.ts'
import { fileRequest } from './file-request.ts'
import { HttpSource } from './http-source.ts'
import { LibavSource } from './libav-source.ts'
import { OnvifSource } from './onvif-source.ts'
import { RtspSource } from './rtsp-source.ts'
import type { Source } from './source.ts'
import { streamRequest } from './stream-request.ts'
import { TestSource } from './test-source.ts'

/** What sources of every kind are made with. */
export interface SourceParts {
  /** Where those sources run that need libav. */
  readonly engines: Engines
  readonly log: Log
}

/** The way in for a configured camera, not connected yet. */
export function openSource({ name, source }: Pick<CameraConfig, 'name' | 'source'>, { engines, log }: SourceParts): Source {
  switch (source.kind) {
    case 'rtsp':
      if (source.ingest === 'libav') return new LibavSource({ engines, request: () => checkedRequest(source), log })
      return new RtspSource({ url: source.url, tls: source.tls, transport: source.transport, log })
    case 'http':
      return new HttpSource({ url: source.url, tls: source.tls, fps: source.fps, log })
    case 'onvif':
      return new OnvifSource({
        source,
        openStream: (url) => new RtspSource({ url: streamAddress(url, source), transport: source.transport, log }),
      })
    case 'libav':
      return new LibavSource({ engines, request: () => checkedRequest(source), log })
    case 'file':
      return new LibavSource({ engines, request: () => fileRequest(source.path, source.fps), log })
    case 'device':
      return new LibavSource({ engines, request: () => deviceRequest(source.device, source.capture), log })
    case 'test': {
      const { pattern, width, height, fps } = source
      return new TestSource({ engines, pattern: { pattern, name, width, height, fps }, log })
    }
  }
}

/** libav looks names up itself: it gets the address that was checked, where that matters. */
async function checkedRequest(source: Extract<SourceConfig, { kind: 'rtsp' | 'libav' }>) {
  const { url } = source
  const host = await checkDestination(url, source.kind === 'rtsp' ? portOf(url, 'direct') : (url.port ?? 1935))
  return streamRequest(url.destinations?.isPinned ? { ...source, url: url.with({ host }) } : source)
}

/** What an ONVIF camera names is its RTSP port; RTSP inside HTTP is at that of its web services (ONVIF Streaming Specification, section 5.1.1.3). */
function streamAddress(named: CameraUrl, { url, transport }: Extract<SourceConfig, { kind: 'onvif' }>): CameraUrl {
  return transport === 'http' ? named.with({ port: url.port ?? 80 }) : named
}
