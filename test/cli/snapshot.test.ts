import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseJpegHeader } from '../../src/media/jpeg.ts'
import { runCommand } from './run-command.ts'
import { temporaryFolder } from './temporary-folder.ts'

const CANARY = 'canary7pass'
const folder = temporaryFolder()
const run = (args: string[], isTTY = false) => runCommand(args, { folder: folder.path, isTTY })

beforeAll(async () => {
  await writeFile(
    join(folder.path, 'atalaya.yaml'),
    `cameras:\n  yard: { url: test:clock, width: 320 }\n  far: rtsp://u:${CANARY}@127.0.0.1:1/\n`,
  )
})

describe('atalaya snapshot', { timeout: 20_000 }, () => {
  it('writes one JPEG of a configured camera, and nothing else beside it', async () => {
    const { exitCode, stdout, stderr } = await run(['snapshot', 'yard', '-o', 'yard.jpg'])
    expect(exitCode).toBe(0)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^yard\.jpg: 320x180, \d+ KiB\n$/)
    expect(parseJpegHeader(await readFile(join(folder.path, 'yard.jpg')))).toMatchObject({ width: 320, height: 180 })
    expect((await readdir(folder.path)).toSorted()).toEqual(['atalaya.yaml', 'yard.jpg'])
  })

  it('takes an address, a size and a quality, and writes to another program', async () => {
    const fine = await run(['snapshot', 'test:smpte', '--height', '90', '--quality', '95', '-o', '-'])
    const coarse = await run(['snapshot', 'test:smpte', '--height', '90', '--quality', '5'])
    expect([fine.exitCode, coarse.exitCode]).toEqual([0, 0])
    expect(parseJpegHeader(fine.bytes)).toMatchObject({ width: 160, height: 90 })
    expect(coarse.bytes.length).toBeLessThan(fine.bytes.length)
  })

  it('shows what it waits for on a terminal, and wipes it', async () => {
    const { exitCode, stderr } = await run(['snapshot', 'yard', '-o', 'again.jpg'], true)
    expect(exitCode).toBe(0)
    expect(stderr).toContain('Waiting for a picture of yard, at most 10 s …')
    expect(stderr).toContain('\r\u001b[K')
  })

  it('follows a link to the picture that it replaces', async () => {
    await mkdir(join(folder.path, 'shown'), { recursive: true })
    await writeFile(join(folder.path, 'shown', 'now.jpg'), 'old')
    await symlink(join('shown', 'now.jpg'), join(folder.path, 'link.jpg'))
    expect((await run(['snapshot', 'yard', '-o', 'link.jpg'])).exitCode).toBe(0)
    expect(parseJpegHeader(await readFile(join(folder.path, 'shown', 'now.jpg')))).toMatchObject({ width: 320, height: 180 })
  })

  it.each([
    [['snapshot', 'yard'], true, 2, 'A JPEG is nothing for a terminal. Write it to a file: atalaya snapshot yard -o picture.jpg'],
    [['snapshot', `rtsp://u:${CANARY}@h/`], true, 2, 'atalaya snapshot ADDRESS -o picture.jpg'],
    [['snapshot', 'nope', '-o', 'x.jpg'], false, 2, 'atalaya.yaml has no camera nope. It has: yard, far.'],
    [['snapshot', 'test:clock', '-c', 'atalaya.yaml', '-o', 'x.jpg'], false, 2, 'Give cameras or --config, not both.'],
    [['snapshot', 'yard', '--width', '8'], false, 2, 'a whole number from 16 to 8192'],
    [['snapshot', 'far', '-o', 'x.jpg'], false, 1, 'Camera far is offline (refused)'],
    [['snapshot', 'yard', '-o', 'missing/x.jpg'], false, 1, 'missing/x.jpg cannot be written (ENOENT).'],
    [['snapshot', 'yard', '-c', 'nowhere.yaml'], false, 78, 'nowhere.yaml: the file does not exist'],
  ])('says in a sentence why there is none: %s', async (args, isTTY, code, sentence) => {
    const { exitCode, stdout, stderr } = await run(args, isTTY)
    expect(exitCode).toBe(code)
    expect(stdout).toBe('')
    expect(stderr).toContain(sentence)
    expect(stderr).not.toContain(CANARY)
    expect(await readdir(folder.path)).not.toContain('x.jpg')
  })
})
