import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** What befell the healthy cameras and their viewers. */
export interface BystanderReport {
  readonly viewers: number
  readonly pictures: number
  /** Of the pictures that the gateway had of their cameras, so many did not reach a viewer. */
  readonly lost: number
  /** Viewers whose response ended. */
  readonly closed: number
  /** Seconds: the longest time in which any viewer saw nothing new. */
  readonly widestGap: number
  /** Seconds from the gateway to the viewer that 99 of 100 pictures stayed under. */
  readonly delay99: number
}

/** Of all pictures that were to be seen. */
export function lostPercent({ pictures, lost }: BystanderReport): number {
  return pictures === 0 ? 100 : (lost / (pictures + lost)) * 100
}

/** What the process of the bystanders is asked. */
export type BystanderRequest =
  | { readonly ask: 'cameras'; readonly count: number }
  | { readonly ask: 'watch'; readonly urls: readonly string[]; readonly each: number }
  | { readonly ask: 'reset' }
  | { readonly ask: 'report' }

/** Healthy cameras and their viewers, in a process of their own, so that injecting faults takes nothing from them. */
export class Bystanders implements AsyncDisposable {
  readonly #child: ChildProcess

  constructor() {
    this.#child = fork(ENTRY, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  }

  /** Starts cameras and resolves with their addresses. */
  async startCameras(count: number): Promise<string[]> {
    return (await this.#ask({ ask: 'cameras', count })) as string[]
  }

  /** Lets so many viewers look at each address, and waits until all see pictures. */
  async watch(urls: readonly string[], each: number): Promise<void> {
    await this.#ask({ ask: 'watch', urls, each })
  }

  /** Begins to count anew. */
  async reset(): Promise<void> {
    await this.#ask({ ask: 'reset' })
  }

  async report(): Promise<BystanderReport> {
    return (await this.#ask({ ask: 'report' })) as BystanderReport
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.disconnect()
    await exited
  }

  async #ask(request: BystanderRequest): Promise<unknown> {
    this.#child.send(request)
    const [answer] = (await Promise.race([
      once(this.#child, 'message'),
      once(this.#child, 'exit').then(() => [{ error: 'it ended' }]),
    ])) as [{ result?: unknown; error?: string }]
    if (answer.error !== undefined) throw new Error(`the bystanders: ${answer.error}`)
    return answer.result
  }
}

const ENTRY = fileURLToPath(new URL('./bystander-process.ts', import.meta.url))
