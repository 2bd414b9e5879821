import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FileWatch } from './file-watch.ts'

let folder: string
let file: string
let changes: number
let watch: FileWatch

const start = () => {
  watch.add(file)
  watch.start()
}
const seen = (count: number) => vi.waitFor(() => expect(changes).toBe(count), { timeout: 5000, interval: 5 })

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atalaya-watch-'))
  file = join(folder, 'atalaya.yaml')
  changes = 0
  watch = new FileWatch({ onChange: async () => changes++, everyMs: 40 })
  await writeFile(file, 'a')
})
afterEach(async () => {
  watch[Symbol.dispose]()
  await rm(folder, { recursive: true })
})

describe('a watched file', () => {
  it('is seen to change when it is written, replaced, taken away and put back', async () => {
    start()
    await writeFile(file, 'bb')
    await seen(1)
    await writeFile(`${file}.new`, 'cc')
    await rename(`${file}.new`, file)
    await seen(2)
    await rm(file)
    await seen(3)
    await writeFile(file, 'cc')
    await seen(4)
  })

  it('is seen to change through links that Kubernetes turns', async () => {
    await mkdir(join(folder, 'one'))
    await mkdir(join(folder, 'two'))
    await writeFile(join(folder, 'one', 'atalaya.yaml'), 'a')
    await writeFile(join(folder, 'two', 'atalaya.yaml'), 'a')
    await symlink('one', join(folder, '..data'))
    await rm(file)
    await symlink(join('..data', 'atalaya.yaml'), file)
    start()
    await symlink('two', join(folder, '..data_tmp'))
    await rename(join(folder, '..data_tmp'), join(folder, '..data'))
    await seen(1)
  })

  it('is seen to have changed between its reading and the first look', async () => {
    watch.add(file)
    await writeFile(file, 'longer')
    watch.start()
    await seen(1)
  })

  it('is not read while it is being written', async () => {
    start()
    const writing = setInterval(() => writeFile(file, 'x'.repeat(Math.random() * 1e4)), 10)
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(changes).toBe(0)
    clearInterval(writing)
    await seen(1)
  })
})
