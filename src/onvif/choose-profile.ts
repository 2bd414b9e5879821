import { AtalayaError } from '../api/errors.ts'
import type { OnvifProfile } from './onvif-device.ts'

/**
 * The profile that is the full picture (`main`) or the smallest one (`sub`) of the camera's first, second … video source.
 * Motion-compressed video goes before JPEG, which costs a multiple of the network.
 * @throws {AtalayaError} `stream_not_found` where there is none
 */
export function chooseProfile(profiles: readonly OnvifProfile[], stream: 'main' | 'sub', channel: number): OnvifProfile {
  const videos = profiles.filter(({ encoding }) => encoding !== '')
  const source = [...new Set(videos.map((profile) => profile.source))][channel - 1]
  const own = videos.filter((profile) => profile.source === source)
  const compressed = own.filter(({ encoding }) => encoding !== 'JPEG')
  const ranked = (compressed.length > 0 ? compressed : own).toSorted((a, b) => b.width * b.height - a.width * a.height)
  const chosen = stream === 'main' ? ranked[0] : ranked.at(-1)
  if (chosen) return chosen
  throw new AtalayaError('stream_not_found', `The camera offers no video by ONVIF as channel ${channel}.`)
}
