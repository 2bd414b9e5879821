import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** The names a configuration may have, the first one wins. */
export const CONFIG_FILES = ['atalaya.yaml', 'atalaya.yml', 'atalaya.json'] as const

/** The configuration of a folder by its bare name, as messages show it, if there is one. */
export function findConfigFile(folder: string): string | undefined {
  return CONFIG_FILES.find((name) => existsSync(join(folder, name)))
}
