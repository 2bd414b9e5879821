import { parseCameraUrl } from '../../src/lib/camera-url.ts'
import { Secret } from '../../src/lib/secret.ts'
import type { TlsTrust } from '../../src/lib/tls-trust.ts'
import { splitAnnexB } from '../../src/media/annex-b.ts'
import type { AudioPacket } from '../../src/media/audio.ts'
import type { Packet, Track } from '../../src/media/packet.ts'
import { now } from '../../src/media/time.ts'
import type { RtspTiming } from '../../src/rtsp/rtsp-timing.ts'
import { RtspSource } from '../../src/sources/rtsp-source.ts'
import { SILENT_LOG } from '../../src/telemetry/log.ts'
import type { Clip } from './clip.ts'

export interface WatchSettings {
  readonly url: string
  readonly credentials?: { readonly user: string; readonly password: string }
  readonly tls?: TlsTrust
  readonly transport?: 'tcp' | 'udp' | 'http'
  readonly options?: Partial<RtspTiming>
}

/** A source that runs, and all that came out of it. */
export interface WatchedSource extends AsyncDisposable {
  readonly source: RtspSource
  readonly tracks: readonly Track[]
  readonly packets: readonly Packet[]
  readonly audio: readonly AudioPacket[]
  /** When each packet came out: on the monotonic clock, and in milliseconds since the Unix epoch by it. */
  readonly arrivals: readonly { readonly at: number; readonly epochMs: number }[]
  /** Resolves or rejects as `run()` does. */
  readonly ended: Promise<void>
  /** Aborts the source and waits for its end. */
  stop(): Promise<void>
}

/** Runs an RTSP source until it is stopped or fails. */
export function watchSource({ url, credentials, tls, transport, options = {} }: WatchSettings): WatchedSource {
  const address = parseCameraUrl(url)
  const login = credentials && { user: credentials.user, password: new Secret(credentials.password) }
  const withLogin = login ? address.with({ credentials: login }) : address
  const source = new RtspSource({ url: withLogin, log: SILENT_LOG, options, transport, ...(tls && { tls }) })
  const tracks: Track[] = []
  const packets: Packet[] = []
  const audio: AudioPacket[] = []
  const arrivals: { at: number; epochMs: number }[] = []
  const aborter = new AbortController()
  const output = {
    track: (track: Track) => tracks.push(track),
    packet: (packet: Packet) => {
      arrivals.push({ at: now(), epochMs: performance.timeOrigin + performance.now() })
      packets.push(packet)
    },
    audio: (packet: AudioPacket) => audio.push(packet),
  }
  const ended = source.run(output, aborter.signal)
  ended.catch((error: unknown) => error) // the tests that are about failures await it themselves
  const stop = async () => {
    aborter.abort()
    await ended
  }
  return {
    source,
    tracks,
    packets,
    audio,
    arrivals,
    ended,
    stop,
    [Symbol.asyncDispose]: () => stop().catch((error: unknown) => void error),
  }
}

/** The number of the clip's picture whose slices this packet holds, all of them and nothing else; undefined when there is none. */
export function pictureNumber(clip: Clip, packet: Packet): number | undefined {
  const slices = [...splitAnnexB(packet.data)].filter(isSlice)
  const number = clip.units.findIndex((unit) => {
    const expected = unit.filter(isSlice)
    return expected.length === slices.length && expected.every((nal, i) => nal.equals(slices[i] ?? Buffer.alloc(0)))
  })
  return number < 0 ? undefined : number
}

/** The types of a packet's NAL units. */
export function nalTypes(packet: Packet): number[] {
  return [...splitAnnexB(packet.data)].map((nal) => (nal[0] ?? 0) & 31)
}

function isSlice(nal: Uint8Array): boolean {
  return [1, 5].includes((nal[0] ?? 0) & 31)
}
