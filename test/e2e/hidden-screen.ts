import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A screen that nobody sees, for browsers that need one. */
export interface HiddenScreen {
  /** What `DISPLAY` has to be. */
  readonly display: string
  stop(): Promise<void>
}

/** Starts Xvfb on the first display that is free. */
export async function startHiddenScreen(): Promise<HiddenScreen> {
  const args = ['-displayfd', '3', '-screen', '0', '1280x800x24', '-nolisten', 'tcp']
  const server = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'], detached: true })
  const lines = createInterface({ input: server.stdio[3] as NodeJS.ReadableStream })
  const [number] = await Promise.race([once(lines, 'line'), once(server, 'exit').then(() => ['none'])])
  return { display: `:${number}`, stop: () => endGroup(server) }
}

/** Ends a process that was started detached, with all that it has started. */
export async function endGroup({ pid, exitCode, signalCode }: ChildProcess): Promise<void> {
  if (pid === undefined || exitCode !== null || signalCode !== null) return
  process.kill(-pid, 'SIGKILL')
}
