import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'

/** A folder that lives as long as the tests of this file; it is there when they run. */
export function temporaryFolder(): { readonly path: string } {
  const folder = { path: '' }
  beforeAll(async () => {
    folder.path = await mkdtemp(join(tmpdir(), 'atalaya-cli-'))
  })
  afterAll(() => rm(folder.path, { recursive: true, force: true }))
  return folder
}
