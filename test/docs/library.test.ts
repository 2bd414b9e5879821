import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** What the pages speak of without declaring it each time. */
const KNOWN = `
import type { Server, ServerResponse } from 'node:http'
import type { Camera, Gateway, mjpegStream as open } from 'atalaya'
import type { Express } from 'express'

declare global {
  const camera: Camera
  const gateway: Gateway
  const app: Express
  const server: Server
  const response: ServerResponse
  const mjpegStream: typeof open
  function look(jpeg: Buffer): Promise<void>
}
`

describe('docs/library.md', () => {
  it('shows programs that compile', async () => {
    const blocks = await codeOf('docs/library.md')
    expect(blocks.length).toBeGreaterThan(9)
    expect(await compile(blocks)).toBe('')
  }, 120_000)

  it('shows the same programs in Spanish, but for the comments', async () => {
    const [english, spanish] = await Promise.all(['docs/library.md', 'docs/library.es.md'].map(codeOf))
    const withoutComments = (blocks: string[] = []) => blocks.map((block) => block.replace(/ {2,}\/\/ .*$/gm, ''))
    expect(withoutComments(spanish)).toEqual(withoutComments(english))
  })
})

async function codeOf(page: string): Promise<string[]> {
  const text = await readFile(join(root, page), 'utf8')
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code = '']) => code)
}

/** What the compiler has to say of the blocks, each a module of its own: nothing where all is well. */
async function compile(blocks: readonly string[]): Promise<string> {
  await mkdir(join(root, '.cache'), { recursive: true })
  const folder = await mkdtemp(join(root, '.cache', 'library-page-'))
  try {
    const config = { extends: '../../tsconfig.json', include: ['.'], compilerOptions: { noUnusedLocals: false } }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
    await writeFile(join(folder, 'known.ts'), KNOWN)
    for (const [index, block] of blocks.entries()) await writeFile(join(folder, `block-${index}.ts`), `${block}\nexport {}\n`)
    return await new Promise((resolve) => {
      execFile(
        process.execPath,
        [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder],
        { cwd: root },
        (_error, stdout) => {
          resolve(stdout)
        },
      )
    })
  } finally {
    await rm(folder, { recursive: true })
  }
}
