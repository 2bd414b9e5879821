/** The entry of an engine process: serves its parent over the pipe until the parent goes away. */
import { Socket } from 'node:net'
import { letHeapDouble } from '../../lib/heap-growth.ts'
import { EMPTY, type Failure, MESSAGE, NO_SESSION, PIPE_FD, sendJson, sendMessage } from '../protocol.ts'
import { dieWithParent } from './die-with-parent.ts'

const pipe = new Socket({ fd: PIPE_FD, readable: true, writable: true })

// The parent decides when an engine ends. A signal of the terminal goes to the whole process group and is not meant for it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)

// The pipe closes when the parent ends in whatever way.
pipe.on('close', () => process.exit(0))
pipe.on('error', () => process.exit(0))
process.on('disconnect', () => process.exit(0))

dieWithParent()
letHeapDouble()

try {
  const { serveSessions } = await import('./session-table.ts')
  serveSessions(pipe)
  sendMessage(pipe, { type: MESSAGE.ready, session: NO_SESSION }, EMPTY)
} catch (error) {
  const failure: Failure = { code: 'engine_unavailable', message: explain(error) }
  sendJson(pipe, { type: MESSAGE.unavailable, session: NO_SESSION }, failure)
}

/** What is left out of an installation is said in fewer words than Node.js has for it. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const isMissing = 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
  const name = /^Cannot find package '([^']+)'/.exec(error.message)?.[1]
  return isMissing && name ? `${name} is not installed` : error.message
}
