import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { freePort } from '../e2e/gateway-process.ts'

/** `atalaya demo` of an installed package. */
export interface InstalledDemo extends AsyncDisposable {
  readonly url: string
  readonly pid: number
  /** All that it has printed. */
  readonly output: string
}

/**
 * Starts it with this Node.js in the folder where it is installed, and waits until it serves. Disposing fails unless it ends in order.
 * @param commands the folders that commands are looked for in; those of the test itself unless given
 */
export async function startDemo(node: string, home: string, commands = process.env['PATH']): Promise<InstalledDemo> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const program = join(home, 'node_modules/.bin/atalaya')
  const child = spawn(node, [program, 'demo', '--port', String(port)], {
    cwd: home,
    env: { ...process.env, PATH: commands },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const pipe of [child.stdout, child.stderr]) {
    pipe.on('data', (text) => {
      output += String(text)
    })
  }
  const deadline = performance.now() + 15_000
  while (!(await isReady(url))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill('SIGKILL')
      throw new Error(`the demo did not start: ${output}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return {
    url,
    pid: child.pid ?? 0,
    get output() {
      return output
    },
    [Symbol.asyncDispose]: () => end(child, () => output),
  }
}

async function end(child: ChildProcess, output: () => string): Promise<void> {
  child.kill('SIGTERM')
  if (child.exitCode === null) await once(child, 'exit')
  if (child.exitCode !== 0) throw new Error(`the demo ended with ${child.exitCode ?? child.signalCode}: ${output()}`)
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  )
}
