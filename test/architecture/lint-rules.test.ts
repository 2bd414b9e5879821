import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Breach, CLEAN_FILES, CODE_BREACHES, LAYER_BREACHES } from './breaches.ts'

const root = join(import.meta.dirname, '../..')
const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')

/** What Biome says of one file: `category` is its rule, or `format`. */
interface Diagnostic {
  readonly category: string
  readonly severity: string
  readonly location: { readonly path: string }
}

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atalaya-lint-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the linter', () => {
  it('lets code through that keeps the rules', async () => {
    await write('clean', CLEAN_FILES)
    expect(await check('clean')).toEqual([])
  })

  describe('reports a breach of the layers', () => {
    it.each(LAYER_BREACHES.map((breach, index) => ({ ...breach, project: `layer-${index}` })))('$title', expectReported)
  })

  describe('reports a breach of', () => {
    it.each(CODE_BREACHES.map((breach, index) => ({ ...breach, project: `code-${index}` })))('$title', expectReported)
  })
})

async function expectReported({ project, files, rule }: Breach & { readonly project: string }): Promise<void> {
  await write(project, files)
  const reported = await check(project)
  expect(reported).toContainEqual(expect.objectContaining({ category: rule, severity: 'error' }))
}

async function write(project: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, project, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  }
  await copyFile(join(root, 'biome.jsonc'), join(folder, project, 'biome.jsonc'))
}

function check(project: string): Promise<Diagnostic[]> {
  const cwd = join(folder, project)
  return new Promise((resolve, reject) => {
    // The copy is no git repository, so there is no ignore file to read.
    execFile(
      process.execPath,
      [biome, 'check', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none', '.'],
      { cwd },
      (error, stdout) => {
        try {
          resolve((JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics)
        } catch (cause) {
          reject(new Error(`Biome gave no report: ${error?.message ?? stdout}`, { cause }))
        }
      },
    )
  })
}
