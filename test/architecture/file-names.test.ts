import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const FOLDERS = ['src', 'test', 'scripts', 'bench', 'web', 'examples']
/** Names that say nothing of what a file holds. */
const EMPTY_NAME = /^(?:.*-)?(?:utils?|helpers?|common|misc|types|manager)$/

/** Files whose name, without what follows its first dot, says nothing; a folder may not bear such a name either. */
function emptyNames(paths: readonly string[]): string[] {
  return paths.filter((path) => EMPTY_NAME.test(basename(path).replace(/\..*$/, '')))
}

describe('file names', () => {
  it.each([
    'src/lib/utils.ts',
    'src/lib/string-helpers.test.ts',
    'src/common',
    'src/cameras/camera-manager.ts',
    'src/api/types.ts',
  ])('%s is refused', (path) => {
    expect(emptyNames([path])).toEqual([path])
  })

  it('say what a file holds', () => {
    const folders = readdirSync(root).filter((name) => FOLDERS.includes(name))
    const paths = folders.flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
    )
    expect(paths).not.toHaveLength(0)
    expect(emptyNames(paths)).toEqual([])
  })
})
