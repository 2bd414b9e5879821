import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { wantsStacks } from './last-resort.ts'

const MODULE = new URL('./last-resort.ts', import.meta.url).href

async function crash(statement: string, ...args: string[]) {
  const program = `import { installLastResort } from '${MODULE}'; installLastResort(process, process.argv.slice(1)); ${statement}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, '--', ...args])
  let stderr = ''
  child.stderr.on('data', (bytes) => (stderr += bytes))
  const [exitCode] = await once(child, 'close')
  return { exitCode, stderr }
}

describe('an error that nothing caught', () => {
  it.each(["setTimeout(() => { throw new Error('boom') })", "Promise.reject(new Error('boom'))"])(
    'is one line: %s',
    async (statement) => {
      expect(await crash(statement)).toEqual({ exitCode: 1, stderr: 'Something went wrong in the gateway: boom\n' })
    },
  )

  it('has a stack at log level debug', async () => {
    const { stderr } = await crash("setTimeout(() => { throw new Error('boom') })", '--log-level', 'debug')
    expect(stderr).toMatch(/^Something went wrong in the gateway: boom\nError: boom\n\s+at /)
  })
})

it.each([
  [['serve'], {}, false],
  [['serve', 'debug'], {}, false],
  [['serve'], { LOG_LEVEL: 'DEBUG' }, true],
  [['serve', '--log-level', 'debug'], {}, true],
  [['serve', '--log-level=debug'], {}, true],
  [['serve', '--log-level', 'info'], { LOG_LEVEL: 'debug' }, false],
])('stacks are asked for by %j and %j: %s', (args, environment, expected) => {
  expect(wantsStacks(args, environment)).toBe(expected)
})
