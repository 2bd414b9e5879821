import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { hasFfmpeg, movingClip, packetOf } from '../../test/engine/clips.ts'
import { watchDecoder } from '../../test/engine/watched-decoder.ts'
import { SILENT_LOG } from '../telemetry/log.ts'
import { EnginePool } from './engine-pool.ts'

const FULL = { width: 640, height: 360, quality: 80 }
const LARGE = { width: 1280, height: 720, quality: 80 }

describe.skipIf(!hasFfmpeg)('the engines', () => {
  let pool: EnginePool
  let clip: Buffer[]
  let largeClip: Buffer[]
  beforeAll(async () => {
    clip = await movingClip('640x360', 1)
    largeClip = await movingClip('1280x720', 4)
  }, 60_000)
  beforeEach(() => {
    pool = new EnginePool(SILENT_LOG, 2)
    pool.start()
  })
  afterEach(() => pool[Symbol.asyncDispose]())

  it('keep one process warm, and use as many as they may before two cameras share one', async () => {
    expect(pool.pids).toHaveLength(1)
    const opened = await Promise.all(['a', 'b', 'c', 'd'].map((camera) => watchDecoder(pool, { 1: FULL }, { camera })))
    for (const { pushTimely } of opened) pushTimely(clip)
    await vi.waitFor(() => expect(opened.map(({ pictures }) => pictures.length)).toEqual([25, 25, 25, 25]), 20_000)
    expect(pool.pids).toHaveLength(3)
  })

  it('that are killed fail their decoders once, and others take over', async () => {
    const lost = await watchDecoder(pool, { 1: FULL }, { camera: 'lost' })
    lost.pushTimely(clip)
    await vi.waitFor(() => expect(lost.pictures).toHaveLength(25), 20_000)
    const [pid] = pool.pids
    process.kill(pid!, 'SIGKILL')
    await vi.waitFor(() => expect(lost.failures).toHaveLength(1), 20_000)
    expect(lost.failures[0]).toMatchObject({ code: 'internal_error', message: expect.stringContaining('SIGKILL') })
    lost.push(clip)
    lost.decoder.close()
    const begun = performance.now()
    const next = await watchDecoder(pool, { 1: FULL }, { camera: 'lost' })
    next.push(clip.slice(0, 1))
    await vi.waitFor(() => expect(next.pictures).toHaveLength(1), { timeout: 20_000, interval: 2 })
    expect(performance.now() - begun).toBeLessThan(3000)
    expect(pool.pids).not.toContain(pid)
    expect(lost.failures).toHaveLength(1)
  })

  it('set a camera aside whose stream crashed three of them, and leave its neighbours alone', async () => {
    const neighbour = await watchDecoder(pool, { 1: FULL }, { camera: 'neighbour' })
    neighbour.pushTimely(clip)
    await vi.waitFor(() => expect(neighbour.pictures).toHaveLength(25), 20_000)
    const neighbourPid = pool.pids[0]!
    for (let crash = 0; crash < 3; crash++) await crashWhileDecoding(pool, largeClip, neighbourPid)
    await expect(watchDecoder(pool, { 1: FULL }, { camera: 'culprit' })).rejects.toMatchObject({ code: 'quarantined' })
    expect(pool.pids).toContain(neighbourPid)
    expect(neighbour.failures).toEqual([])
    neighbour.pushTimely(clip)
    await vi.waitFor(() => expect(neighbour.pictures).toHaveLength(50), 20_000)
  }, 30_000)

  it('count a crash before its camera can ask for the next decoder', async () => {
    let refused: unknown
    let crashes = 0
    const begin = async (): Promise<void> => {
      let [hasBegun, hasFailed] = [false, false]
      const decoder = await pool.openDecoder(
        'culprit',
        { codec: 'h264' },
        {
          picture: () => {
            hasBegun = true
          },
          condition: () => undefined,
          failed: () => {
            hasFailed = true
            if (hasBegun) crashes++
            void run()
          },
        },
      )
      decoder.setRenditions(new Map([[1, LARGE]]))
      for (const [index, unit] of clip.entries()) decoder.push(packetOf(unit, index), index, false)
      // It works on the next ones when the first is here. The idle ones die too, and may be given a decoder before that is noticed.
      await vi.waitFor(() => expect(hasBegun || hasFailed).toBe(true), { timeout: 20_000, interval: 2 })
      if (hasFailed) return
      for (const pid of pool.pids.filter(isAlive)) process.kill(pid, 'SIGSEGV')
    }
    const run = () =>
      begin().catch((error: unknown) => {
        refused = error
      })
    await run()
    await vi.waitFor(() => expect(refused).toMatchObject({ code: 'quarantined' }), { timeout: 20_000 })
    expect(crashes).toBe(3)
  }, 30_000)

  it('that hang are killed and replaced', async () => {
    const { push, failures, decoder } = await watchDecoder(pool, { 1: FULL })
    const [pid] = pool.pids
    process.kill(pid!, 'SIGSTOP')
    push(clip)
    await vi.waitFor(() => expect(failures).toHaveLength(1), { timeout: 9000, interval: 100 })
    expect(isAlive(pid!)).toBe(false)
    decoder.close()
  }, 15_000)

  it('that hang while nobody needs them are found out and replaced', async () => {
    await vi.waitFor(() => expect(pool.pids).toHaveLength(1), 20_000)
    await watchDecoder(pool, { 1: FULL }).then(({ decoder }) => decoder.close())
    const [pid] = pool.pids
    process.kill(pid!, 'SIGSTOP')
    await vi.waitFor(() => expect(isAlive(pid!)).toBe(false), { timeout: 12_000, interval: 100 })
    const { pushTimely, pictures } = await watchDecoder(pool, { 1: FULL })
    pushTimely(clip)
    await vi.waitFor(() => expect(pictures).toHaveLength(25), 20_000)
  }, 25_000)

  it('are left in peace when they are silent because nobody feeds them', async () => {
    const { pushTimely, pictures, failures } = await watchDecoder(pool, { 1: FULL })
    await sleep(6000)
    pushTimely(clip)
    await vi.waitFor(() => expect(pictures).toHaveLength(25), 20_000)
    expect(failures).toEqual([])
  }, 15_000)

  it('that fall behind lose packets up to a keyframe, and the packets are counted', async () => {
    const { decoder, push, pictures } = await watchDecoder(pool, { 1: FULL })
    const [pid] = pool.pids
    process.kill(pid!, 'SIGSTOP')
    for (let second = 0; second < 30; second++) push(clip)
    expect(decoder.skipped).toBe(30 * 25 - 640)
    process.kill(pid!, 'SIGCONT')
    await vi.waitFor(() => expect(pictures.at(-1)?.sequence).toBe(639), 20_000)
    push(clip.slice(1))
    push(clip)
    await vi.waitFor(() => expect(pictures.at(-1)?.sequence).toBe(30 * 25 + 48), 20_000)
    expect(decoder.skipped).toBe(30 * 25 - 640 + 24)
  }, 20_000)

  it('take a replay of ten seconds at thirty pictures a second whole', async () => {
    const { decoder, push, pictures } = await watchDecoder(pool, { 1: FULL })
    for (let second = 0; second < 12; second++) push(clip, true)
    push(clip.slice(0, 1))
    await vi.waitFor(() => expect(pictures.map(({ sequence }) => sequence)).toEqual([300]), 20_000)
    expect(decoder.skipped).toBe(0)
  })

  it('do not become more, however often decoders are opened and closed', async () => {
    for (let round = 0; round < 50; round++) {
      const { decoder, push, pictures } = await watchDecoder(pool, { 1: FULL }, { camera: `${round}` })
      push(clip.slice(0, 1))
      await vi.waitFor(() => expect(pictures).toHaveLength(1), { timeout: 20_000, interval: 2 })
      decoder.close()
    }
    expect(pool.pids.length).toBeLessThanOrEqual(2)
  })

  it('ignore the signals of the terminal and end with the pool', async () => {
    const { pushTimely, pictures, failures } = await watchDecoder(pool, { 1: FULL })
    const pids = pool.pids
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pids[0]!, signal)
    pushTimely(clip)
    await vi.waitFor(() => expect(pictures).toHaveLength(25), 20_000)
    await pool[Symbol.asyncDispose]()
    expect(pids.filter(isAlive)).toEqual([])
    expect(failures).toMatchObject([{ code: 'shutting_down' }])
    await expect(watchDecoder(pool, { 1: FULL })).rejects.toMatchObject({ code: 'shutting_down' })
  })

  it('end even when stopped', async () => {
    const { failures } = await watchDecoder(pool, { 1: FULL })
    const [pid] = pool.pids
    process.kill(pid!, 'SIGSTOP')
    await pool[Symbol.asyncDispose]()
    expect(isAlive(pid!)).toBe(false)
    expect(failures).toHaveLength(1)
  })
})

it('no engine outlives its parent, however that ends', async () => {
  const parent = spawn(process.execPath, [fileURLToPath(new URL('../../test/engine/orphan-parent.ts', import.meta.url))])
  const [line] = await once(parent.stdout, 'data')
  const pids = JSON.parse(String(line)) as number[]
  expect(pids.length).toBeGreaterThan(0)
  parent.kill('SIGKILL')
  await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), 20_000)
})

it('no engine outlives its parent, even where it hangs and hears nothing', async () => {
  const parent = spawn(process.execPath, [fileURLToPath(new URL('../../test/engine/orphan-parent.ts', import.meta.url))])
  const [line] = await once(parent.stdout, 'data')
  const pids = JSON.parse(String(line)) as number[]
  for (const pid of pids) process.kill(pid, 'SIGSTOP')
  parent.kill('SIGKILL')
  await vi.waitFor(() => expect(pids.filter(isRunning)).toEqual([]), 20_000)
})

it('where node-av is not installed, opening a decoder says what to install, at once the next time', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-engine-'))
  try {
    await cp(fileURLToPath(new URL('..', import.meta.url)), join(folder, 'src'), { recursive: true })
    const copy: typeof import('./engine-pool.ts') = await import(pathToFileURL(join(folder, 'src/engine/engine-pool.ts')).href)
    const pool = new copy.EnginePool(SILENT_LOG)
    pool.start()
    const expected = { code: 'engine_unavailable', message: expect.stringContaining('npm install node-av') }
    await expect(watchDecoder(pool, { 1: FULL })).rejects.toMatchObject(expected)
    await vi.waitFor(() => expect(pool.pids).toEqual([]), 20_000)
    await expect(watchDecoder(pool, { 1: FULL })).rejects.toMatchObject(expected)
    expect(pool.pids).toEqual([])
    await pool[Symbol.asyncDispose]()
  } finally {
    await rm(folder, { recursive: true })
  }
})

/** Kills an engine in the way a fault of libav does, while it works for the camera `culprit`. */
async function crashWhileDecoding(pool: EnginePool, units: readonly Buffer[], neighbourPid: number): Promise<void> {
  const idlePid = pool.pids.find((pid) => pid !== neighbourPid)
  const { push, pictures, failures } = await watchDecoder(pool, { 1: LARGE }, { camera: 'culprit' })
  push(units)
  await vi.waitFor(() => expect(pictures.length).toBeGreaterThan(0), { timeout: 20_000, interval: 2 })
  process.kill(idlePid!, 'SIGSEGV')
  await vi.waitFor(() => expect(failures).toHaveLength(1), 20_000)
}

/** A process that has ended but waits to be reaped by the system's first process does nothing any more. */
function isRunning(pid: number): boolean {
  return isAlive(pid) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
