import type { EngineName } from '../api/engine-name.ts'
import type { CameraUrl } from '../lib/camera-url.ts'
import type { TlsTrust } from '../lib/tls-trust.ts'
import type { PictureTransform } from '../media/picture-transform.ts'
import type { AuthConfig } from './auth-config.ts'
import type { CameraDefaults } from './build-camera.ts'
import type { LocalCameras } from './local-cameras.ts'
import type { TlsConfig } from './tls-config.ts'

/** A valid configuration, with every default filled in and every secret in place. */
export interface Config {
  readonly server: ServerConfig
  /**
   * `none` when the file says in so many words that nobody has to log in; absent: nobody has to until there are users, and
   * only this machine reaches the gateway.
   */
  readonly auth: AuthConfig | 'none' | undefined
  /** The file of users and keys; none for a gateway that keeps none. */
  readonly usersFile: string | undefined
  /** Absent: no TLS of its own. */
  readonly tls: TlsConfig | undefined
  /** Origins of other pages that may change things here, beside pages of this very host. */
  readonly cors: { readonly origins: readonly string[] }
  readonly limits: LimitsConfig
  /** The path in front of all addresses, such as `/cameras`; empty where there is none. */
  readonly basePath: string
  /** Addresses and networks of proxies whose `X-Forwarded-For` counts. */
  readonly trustedProxies: readonly string[]
  /** Where the API may add cameras although the address is refused otherwise. */
  readonly destinations: readonly string[]
  /** What decodes pictures; `auto`: node-av where it can be loaded, else an installed ffmpeg command. */
  readonly engine: EngineName | 'auto'
  /** The language of pages and answers; absent: each reader's own. */
  readonly language: 'en' | 'es' | undefined
  /** In the order of the file; those that were added by the API follow. */
  readonly cameras: ReadonlyMap<string, CameraConfig>
  /** What a camera gets where it says nothing itself. */
  readonly defaults: CameraDefaults
  /** Which of the cameras were added by the API, and where they are kept. */
  readonly local: LocalCameras
}

export interface ServerConfig {
  readonly host: string
  readonly port: number
  /** Further host names under which people reach the gateway, for the check of the `Host` header. */
  readonly names: readonly string[]
}

export interface LimitsConfig {
  /** Viewers at one time, all cameras together. */
  readonly viewers: number
  /** Viewers of one camera at one time. */
  readonly viewersPerCamera: number
  /** Viewers at one IP address at one time; absent: as many as there may be at all. */
  readonly viewersPerAddress: number | undefined
  /** Cameras up to which the API may add any. */
  readonly cameras: number
}

export interface CameraConfig {
  readonly id: string
  /** What people call it; the id where the file gives no name. */
  readonly name: string
  /** Where the camera is, for people to read: what the file says, else the host of its address; none for test pictures. */
  readonly ip: string | undefined
  /** The full picture. */
  readonly source: SourceConfig
  /** A smaller stream of the same camera, for those who ask for a small picture. */
  readonly sub: SourceConfig | undefined
  /** How it is moved; absent where it is not known that it can be. */
  readonly control: CameraControl | undefined
  readonly transform: PictureTransform | undefined
  /** Keep the connection from start-up on, or only while somebody looks. */
  readonly connect: 'always' | 'on-demand'
  /** Served at `/video` and `/snapshot`. One camera of the file is; one that was added by the API goes before it. */
  readonly default: boolean
  /** The rendition of those who ask for nothing special. */
  readonly width: number | undefined
  readonly height: number | undefined
  readonly fps: number | undefined
  readonly quality: number
  /** Viewers of this camera at one time: `limits.viewersPerCamera`. */
  readonly maxViewers: number
  /** What viewers see while it is offline: a notice, its last picture, or the end of their stream. */
  readonly offline: OfflineView
  /** The language of what is written into pictures: `language`; absent: all. */
  readonly language: Config['language']
}

/** What viewers see of a camera that is offline. */
export type OfflineView = 'notice' | 'last-picture' | 'close'

/** How a camera is told to move. */
export interface CameraControl {
  readonly protocol: 'dahua' | 'onvif'
  /** Where its web service is, with its login. */
  readonly url: CameraUrl
  /** From 1 on. */
  readonly channel: number
}

/** What a USB camera is asked for; it gives what comes nearest. */
export interface CaptureConfig {
  readonly width?: number | undefined
  readonly height?: number | undefined
  readonly fps?: number | undefined
  /** Absent: the first of MJPEG, H.264 and uncompressed that it has. */
  readonly format?: 'mjpeg' | 'h264' | 'yuyv' | undefined
}

/** How to reach a camera. */
export type SourceConfig =
  | {
      readonly kind: 'rtsp'
      readonly url: CameraUrl
      readonly tls: TlsTrust
      /** The one way the video may travel; absent: TCP, and UDP where the camera refuses that. */
      readonly transport?: 'tcp' | 'udp' | 'http' | undefined
      /** Received by libav in place of our own client. */
      readonly ingest?: 'libav' | undefined
    }
  /** SRT or RTMP, received by libav. */
  | { readonly kind: 'libav'; readonly url: CameraUrl }
  | {
      readonly kind: 'file'
      /** A video, or a folder of pictures. */
      readonly path: string
      /** Pictures a second of a folder. */
      readonly fps: number
    }
  | {
      readonly kind: 'device'
      /** The path of a USB camera. */
      readonly device: string
      readonly capture: CaptureConfig
    }
  | {
      readonly kind: 'http'
      readonly url: CameraUrl
      readonly tls: TlsTrust
      /** How often a camera is asked that answers with single pictures. */
      readonly fps: number
    }
  /** The camera is asked for the address of its stream, each time anew. */
  | {
      readonly kind: 'onvif'
      readonly url: CameraUrl
      readonly stream: 'main' | 'sub'
      readonly channel: number
      /** As of an `rtsp` source. */
      readonly transport?: 'tcp' | 'udp' | 'http' | undefined
    }
  | {
      readonly kind: 'test'
      readonly pattern: 'clock' | 'smpte'
      readonly width: number
      readonly height: number
      readonly fps: number
    }
