import { readFileSync } from 'node:fs'

/** What a process and all it has started have used so far. */
export interface Usage {
  /** Seconds of processor time, user and system, of those that run and of children that have ended. */
  readonly cpu: number
  /** Resident memory in bytes that is their own or their share of what is shared (proportional set size). */
  readonly memory: number
}

/** Reads the usage of a process tree from `/proc` (proc(5)); Linux only. A process that ends meanwhile counts for nothing. */
export function processUsage(pid: number): Usage {
  const own = whileItLives(() => ({ cpu: cpuSeconds(pid), memory: proportionalSetSize(pid) }), { cpu: 0, memory: 0 })
  const below = whileItLives(() => childrenOf(pid), []).map(processUsage)
  return {
    cpu: below.reduce((sum, { cpu }) => sum + cpu, own.cpu),
    memory: below.reduce((sum, { memory }) => sum + memory, own.memory),
  }
}

function whileItLives<T>(read: () => T, otherwise: T): T {
  try {
    return read()
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return otherwise
    throw error
  }
}

/** Resident bytes of one process. */
export function residentMemory(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes ?? 0) * 1024
}

/** The children of a process that have ended and were not waited for. */
export function zombiesOf(pid: number): number[] {
  return childrenOf(pid).filter((child) => /^State:\s+Z/m.test(readFileSync(`/proc/${child}/status`, 'utf8')))
}

export function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
}

/** Fields 14 to 17 of `stat`: utime, stime, cutime, cstime, in hundredths of a second on every Linux that Node.js runs on. */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100
}

function proportionalSetSize(pid: number): number {
  const kilobytes = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]
  return Number(kilobytes ?? 0) * 1024
}
