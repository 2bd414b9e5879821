import { importFlask } from './import-flask.ts'
import { importGo2rtc } from './import-go2rtc.ts'
import { importMediamtx } from './import-mediamtx.ts'
import { importMotion } from './import-motion.ts'
import type { ImportedConfig } from './imported-config.ts'
import { readYamlEntries } from './yaml-entries.ts'

/** A service whose configuration can be read. */
export interface DetectedFormat {
  /** For people. */
  readonly service: string
  read(): ImportedConfig
}

/** Tells by its content what a configuration belongs to; undefined where it is of no known kind. */
export function detectFormat(text: string): DetectedFormat | undefined {
  const entries = readYamlEntries(text)
  const keys = new Set(entries.map(({ key }) => key))
  if (keys.has('streams')) return { service: 'go2rtc', read: () => importGo2rtc(entries) }
  if (keys.has('paths')) return { service: 'MediaMTX', read: () => importMediamtx(entries) }
  if (MOTION.test(text)) return { service: 'motion', read: () => importMotion(text) }
  if (PYTHON.test(text)) return { service: 'a Python service', read: () => importFlask(text) }
  return undefined
}

const MOTION = /^[ \t]*(?:netcam_\w+|videodevice|video_device|v4l2_device|camera_name|target_dir|setup_mode)[ \t=]+(?!=)\S/m
const PYTHON = /^[A-Za-z_]\w*[ \t]*(?::[^=\n]+)?=(?!=)/m
