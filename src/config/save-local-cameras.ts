import { replaceFile } from '../lib/replace-file.ts'
import type { CameraObject } from './schema.ts'

/**
 * Replaces the local file as a whole. It may be read by its owner only, for it holds passwords.
 * @throws {AtalayaError} `storage_full`, `storage_failed`; the former file is as it was
 */
export function saveLocalCameras(file: string, cameras: ReadonlyMap<string, CameraObject>): Promise<void> {
  return replaceFile(file, formatLocalCameras(cameras))
}

/** The text of a local file: quoted as JSON is, so that nothing in it can be taken for anything but text. */
export function formatLocalCameras(cameras: ReadonlyMap<string, CameraObject>): string {
  const lines = [...cameras].flatMap(([id, settings]) => [
    `  ${JSON.stringify(id)}:`,
    ...Object.entries(settings)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `    ${key}: ${JSON.stringify(value)}`),
  ])
  return [...HEADER, lines.length > 0 ? 'cameras:' : 'cameras: {}', ...lines, ''].join('\n')
}

const HEADER = [
  '# Written by Atalaya: the cameras that were added by its API. Each change there writes the whole file anew, so what',
  '# you write here by hand lasts until then. It holds passwords.',
]
