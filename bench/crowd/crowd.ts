import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { createInterface, type Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { processUsage } from '../process-usage.ts'
import { median } from '../statistics.ts'
import { pause } from '../waiting.ts'

/** Many viewers of one stream, in a process of their own. */
export class Crowd implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #lines: Interface
  readonly #gone: Promise<unknown[]>

  static async gather(url: string, viewers: number): Promise<Crowd> {
    const { port, pathname, search } = new URL(url)
    return new Crowd(
      spawn(await buildReader(), [port, pathname + search, String(viewers)], { stdio: ['pipe', 'pipe', 'inherit'] }),
    )
  }

  private constructor(child: ChildProcessByStdio<Writable, Readable, null>) {
    this.#child = child
    this.#lines = createInterface(child.stdout)
    this.#gone = once(child, 'exit').then(() => [])
  }

  async count(): Promise<{ readonly pictures: readonly number[]; readonly bytes: number; readonly ended: number }> {
    this.#child.stdin.write('\n')
    const [line] = await Promise.race([once(this.#lines, 'line'), this.#gone])
    if (line === undefined) throw new Error('the crowd has ended')
    return JSON.parse(String(line))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return
    this.#child.stdin.end()
    await once(this.#child, 'exit')
  }
}

/** What a crowd cost and got. */
export interface CrowdReading {
  /** Pictures a second of the viewer that got fewest, and of the one in the middle. */
  readonly slowest: number
  readonly usual: number
  /** Share of one core of the server's process tree. */
  readonly cpu: number
  /** Mean bytes of a picture. */
  readonly pictureBytes: number
}

/** Lets so many viewers watch, waits until that has settled, and measures for some seconds. */
export async function watchWithCrowd(
  { url, pid }: { readonly url: string; readonly pid: number },
  viewers: number,
  { settle, seconds }: { readonly settle: number; readonly seconds: number },
): Promise<CrowdReading> {
  await using crowd = await Crowd.gather(url, viewers)
  await pause(settle)
  const before = await crowd.count()
  const usage = processUsage(pid)
  const began = performance.now()
  await pause(seconds)
  const after = await crowd.count()
  const elapsed = (performance.now() - began) / 1000
  const { cpu } = processUsage(pid)
  const taken = after.pictures.map((count, index) => count - (before.pictures[index] ?? 0))
  const total = taken.reduce((sum, count) => sum + count, 0)
  return {
    slowest: Math.min(...taken) / elapsed,
    usual: median(taken) / elapsed,
    cpu: (cpu - usage.cpu) / elapsed,
    pictureBytes: (after.bytes - before.bytes) / total,
  }
}

let reader: Promise<string> | undefined

/** Compiles the reader once. */
function buildReader(): Promise<string> {
  reader ??= compile()
  return reader
}

async function compile(): Promise<string> {
  const folder = fileURLToPath(new URL('../../.cache/bench/', import.meta.url))
  await mkdir(folder, { recursive: true })
  const program = `${folder}crowd-reader`
  await promisify(execFile)('gcc', ['-O2', '-Wall', '-o', program, fileURLToPath(new URL('crowd-reader.c', import.meta.url))])
  return program
}
