import type { FuzzTarget } from './fuzz-target.ts'
import { AUDIO_TARGETS } from './targets/audio-targets.ts'
import { PACKET_TARGETS } from './targets/packet-targets.ts'
import { PARAMETER_SET_TARGETS } from './targets/parameter-set-targets.ts'
import { PICTURE_TARGETS } from './targets/picture-targets.ts'
import { TEXT_TARGETS } from './targets/text-targets.ts'
import { VIDEO_TARGETS } from './targets/video-targets.ts'

/** Everything that reads what a camera sends. */
export const FUZZ_TARGETS: readonly FuzzTarget[] = [
  ...TEXT_TARGETS,
  ...PACKET_TARGETS,
  ...VIDEO_TARGETS,
  ...AUDIO_TARGETS,
  ...PARAMETER_SET_TARGETS,
  ...PICTURE_TARGETS,
]
