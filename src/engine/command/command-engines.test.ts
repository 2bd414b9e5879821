import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { hasFfmpeg, movingClip } from '../../../test/engine/clips.ts'
import { soon } from '../../../test/engine/engine-kinds.ts'
import { watchDecoder } from '../../../test/engine/watched-decoder.ts'
import type { AtalayaError } from '../../api/errors.ts'
import { SILENT_LOG } from '../../telemetry/log.ts'
import { CommandEngines } from './command-engines.ts'

const FULL = { width: 320, height: 180, quality: 80 }

describe.skipIf(!hasFfmpeg)('ffmpeg commands', () => {
  let engines: CommandEngines
  let clip: Buffer[]
  beforeAll(async () => {
    clip = await movingClip('320x180', 1)
  })
  beforeEach(() => {
    engines = new CommandEngines(SILENT_LOG)
  })
  afterEach(() => engines[Symbol.asyncDispose]())

  it('are one for each decoder, and gone when that is closed', async () => {
    const opened = await Promise.all(['a', 'b'].map((camera) => watchDecoder(engines, { 1: FULL }, { camera })))
    for (const { push } of opened) push(clip.slice(0, 1))
    await soon(() => expect(opened.map(({ pictures }) => pictures.length)).toEqual([1, 1]))
    const { pids } = engines
    expect(pids).toHaveLength(2)
    for (const { decoder } of opened) decoder.close()
    await soon(() => expect(pids.filter(isAlive)).toEqual([]))
    expect(engines.pids).toEqual([])
  })

  it('that are killed fail their decoders once, and another takes over', async () => {
    const lost = await watchDecoder(engines, { 1: FULL }, { camera: 'lost' })
    lost.push(clip.slice(0, 3))
    await soon(() => expect(lost.pictures.length).toBeGreaterThan(0))
    process.kill(engines.pids[0]!, 'SIGKILL')
    await soon(() =>
      expect(lost.failures).toMatchObject([{ code: 'internal_error', message: expect.stringContaining('SIGKILL') }]),
    )
    const next = await watchDecoder(engines, { 1: FULL }, { camera: 'lost' })
    next.push(clip.slice(0, 1))
    await soon(() => expect(next.pictures).toHaveLength(1))
    expect(lost.failures).toHaveLength(1)
  })

  it('set a camera aside whose stream crashed three of them', async () => {
    for (let crash = 0; crash < 3; crash++) {
      const { push, pictures, failures } = await watchDecoder(engines, { 1: FULL }, { camera: 'culprit' })
      push(clip.slice(0, 1))
      await soon(() => expect(pictures).toHaveLength(1))
      process.kill(engines.pids[0]!, 'SIGSEGV')
      await soon(() => expect(failures).toHaveLength(1))
    }
    await expect(watchDecoder(engines, { 1: FULL }, { camera: 'culprit' })).rejects.toMatchObject({ code: 'quarantined' })
    const other = await watchDecoder(engines, { 1: FULL }, { camera: 'other' })
    other.decoder.close()
  })

  it('that hang are killed', { timeout: 30_000 }, async () => {
    const { push, pictures, failures } = await watchDecoder(engines, { 1: FULL })
    push(clip.slice(0, 1))
    await soon(() => expect(pictures).toHaveLength(1))
    const pid = engines.pids[0]!
    process.kill(pid, 'SIGSTOP')
    push(clip.slice(1))
    await soon(() => expect(failures).toMatchObject([{ code: 'internal_error' }]))
    await soon(() => expect(isAlive(pid)).toBe(false))
  })

  it('take over from each other without a gap when another size is asked for', async () => {
    const { decoder, push, pictures } = await watchDecoder(engines, { 1: FULL })
    push(clip.slice(0, 3))
    await soon(() => expect(pictures).toHaveLength(3))
    decoder.setRenditions(
      new Map([
        [1, FULL],
        [2, { width: 160, height: 90, quality: 80 }],
      ]),
    )
    for (let at = 3; at < 15; at++) {
      push(clip.slice(at, at + 1))
      await soon(() => expect(pictures.filter(({ rendition }) => rendition === 1).map(({ sequence }) => sequence)).toContain(at))
    }
    await soon(() => expect(pictures.filter(({ rendition }) => rendition === 2).at(-1)?.sequence).toBe(14))
    const shown = pictures.filter(({ rendition }) => rendition === 1).map(({ sequence }) => sequence)
    expect(shown).toEqual(Array.from({ length: 15 }, (_, sequence) => sequence))
    await soon(() => expect(engines.pids).toHaveLength(1))
  })

  it('never bear the address of a stream on their command line', async () => {
    const silent = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const address = silent.address()
    const port = address && typeof address === 'object' ? address.port : 0
    const failures: AtalayaError[] = []
    const url = `rtsp://admin:canary@127.0.0.1:${port}/`
    const input = await engines.openInput(
      { kind: 'stream', address: url, name: 'it', options: [{ rtsp_transport: 'tcp' }] },
      { track: () => undefined, packet: () => undefined, failed: (error) => failures.push(error) },
    )
    await once(silent, 'connection')
    for (const pid of await family(engines.pids)) {
      const line = (await readFile(`/proc/${pid}/cmdline`, 'latin1')) + (await readFile(`/proc/${pid}/environ`, 'latin1'))
      expect(line).not.toContain('canary')
    }
    const began = performance.now()
    await input.close()
    expect(performance.now() - began).toBeLessThan(250)
    expect(failures).toEqual([])
    silent.close()
  })

  it('do not outlive their parent, however that ends', { timeout: 30_000 }, async () => {
    const program = fileURLToPath(new URL('../../../test/engine/command-parent.ts', import.meta.url))
    const parent = spawn(process.execPath, [program])
    const [line] = await once(parent.stdout, 'data')
    const pids = await family(JSON.parse(String(line)) as number[])
    expect(pids.length).toBeGreaterThanOrEqual(4)
    parent.kill('SIGKILL')
    await soon(() => expect(pids.filter(isAlive)).toEqual([]))
  })
})

it('where there is no ffmpeg, opening a decoder says so', async () => {
  vi.stubEnv('PATH', '/nowhere')
  try {
    const engines = new CommandEngines(SILENT_LOG)
    const opening = watchDecoder(engines, { 1: FULL })
    await expect(opening).rejects.toMatchObject({
      code: 'engine_unavailable',
      message: expect.stringContaining('no ffmpeg command'),
    })
    await engines[Symbol.asyncDispose]()
  } finally {
    vi.unstubAllEnvs()
  }
})

/** These processes and all that they have started. */
async function family(pids: readonly number[]): Promise<number[]> {
  const children = await Promise.all(
    pids.map(async (pid) => {
      const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
      return family(text.split(' ').filter(Boolean).map(Number))
    }),
  )
  return [...pids, ...children.flat()]
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
