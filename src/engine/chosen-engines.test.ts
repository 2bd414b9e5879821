import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { hasFfmpeg, movingClip } from '../../test/engine/clips.ts'
import { soon } from '../../test/engine/engine-kinds.ts'
import { watchDecoder } from '../../test/engine/watched-decoder.ts'
import { SILENT_LOG } from '../telemetry/log.ts'
import { ChosenEngines } from './chosen-engines.ts'

const FULL = { width: 320, height: 180, quality: 80 }

afterEach(() => vi.unstubAllEnvs())

it('node-av decodes where it can be loaded', async () => {
  await using engines = new ChosenEngines(SILENT_LOG)
  expect(engines.name).toBeUndefined()
  expect(await engines.describe()).toContain('node-av')
  expect(engines.name).toBe('node-av')
})

it('where neither works, the reasons of both are given, and the next one looks again', async () => {
  await withoutNodeAv(async (copy) => {
    vi.stubEnv('PATH', '/nowhere')
    await using engines = new copy.ChosenEngines(SILENT_LOG)
    for (let look = 0; look < 2; look++) {
      const failure = await engines.describe().catch((error: unknown) => error)
      expect(failure).toMatchObject({ code: 'engine_unavailable', message: expect.stringContaining('npm install node-av') })
      expect(failure).toMatchObject({ message: expect.stringContaining('no ffmpeg command on the path') })
    }
    expect(engines.name).toBeUndefined()
  })
})

describe.skipIf(!hasFfmpeg)('the ffmpeg command', () => {
  let clip: Buffer[]
  beforeAll(async () => {
    clip = await movingClip('320x180', 0.2)
  })

  it('decodes where node-av cannot be loaded', async () => {
    await withoutNodeAv(async (copy) => {
      await using engines = new copy.ChosenEngines(SILENT_LOG)
      await expectPictures(engines)
      expect(engines.name).toBe('ffmpeg')
    })
  })

  it('decodes where it is asked for, and is the only one that is tried', async () => {
    await using engines = new ChosenEngines(SILENT_LOG, 'ffmpeg')
    await expectPictures(engines)
    expect(await engines.describe()).toMatch(/^the ffmpeg command, version \S/)
    vi.stubEnv('PATH', '/nowhere')
    await using others = new ChosenEngines(SILENT_LOG, 'ffmpeg')
    await expect(others.describe()).rejects.toMatchObject({ code: 'engine_unavailable' })
  })

  async function expectPictures(engines: ChosenEngines): Promise<void> {
    const { decoder, push, pictures } = await watchDecoder(engines, { 1: FULL })
    push(clip.slice(0, 1))
    await soon(() => expect(pictures).toHaveLength(1))
    decoder.close()
  }
})

/** With a copy of the sources where no package can be found but the letters, which are no optional one. */
async function withoutNodeAv(use: (copy: typeof import('./chosen-engines.ts')) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-engines-'))
  try {
    await cp(fileURLToPath(new URL('..', import.meta.url)), join(folder, 'src'), { recursive: true })
    const fonts = fileURLToPath(new URL('../../node_modules/@fontsource', import.meta.url))
    await mkdir(join(folder, 'node_modules'))
    await symlink(fonts, join(folder, 'node_modules/@fontsource'), 'dir')
    await use(await import(pathToFileURL(join(folder, 'src/engine/chosen-engines.ts')).href))
  } finally {
    await rm(folder, { recursive: true })
  }
}
