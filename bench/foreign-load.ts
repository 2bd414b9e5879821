import { cpus } from 'node:os'
import { processUsage } from './process-usage.ts'

/**
 * Begins to watch what the rest of the machine does. The function that it returns tells the share of all processors, 0 to 1,
 * that was in use since then by others than this process and all that it started.
 */
export function watchForeignLoad(): () => number {
  const before = processorTimes()
  const ownBefore = processUsage(process.pid).cpu
  return () => {
    const after = processorTimes()
    const own = processUsage(process.pid).cpu - ownBefore
    return Math.max(0, (after.busy - before.busy - own) / (after.all - before.all))
  }
}

/** Seconds since the machine started, of all processors together. */
function processorTimes(): { busy: number; all: number } {
  const times = cpus().map((cpu) => cpu.times)
  const all = times.flatMap((time) => Object.values(time)).reduce((sum, value) => sum + value, 0) / 1000
  return { busy: all - times.reduce((sum, { idle }) => sum + idle, 0) / 1000, all }
}
