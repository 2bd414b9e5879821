import { Worker } from 'node:worker_threads'
import { findSystemCall } from '../../lib/system-call.ts'

/**
 * Makes sure that this process does not outlive its parent even while it hangs inside libav, where it hears of no closed pipe:
 * Linux kills it in the same instant (PR_SET_PDEATHSIG). Elsewhere, or without koffi, a thread looks after the parent once a second.
 */
export function dieWithParent(): void {
  if (!askKernel()) watchInThread()
}

function askKernel(): boolean {
  if (process.platform !== 'linux') return false
  try {
    const prctl = findSystemCall('int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long)')
    return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) === 0
  } catch {
    return false // koffi is left out of this installation
  }
}

/** Windows keeps the number of a parent that is gone; there the pipe alone tells. */
function watchInThread(): void {
  if (process.platform === 'win32') return
  new Worker(WATCH, { eval: true, workerData: process.ppid, resourceLimits: SMALL }).unref()
}

const PR_SET_PDEATHSIG = 1
const SIGKILL = 9

const WATCH = `
const { workerData: parent } = require('node:worker_threads')
setInterval(() => process.ppid === parent || process.kill(process.pid, 'SIGKILL'), 1000)
`

const SMALL = { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 }
