import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'

const MODULE = JSON.stringify(new URL('./line-writer.ts', import.meta.url).href)

/** A process that writes lines, with what it prints. */
function start(script: string) {
  const program = `import { LineWriter } from ${MODULE}; const out = new LineWriter(1); ${script}`
  return spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['pipe', 'pipe', 'inherit'] })
}

it('writes every line in order, the last ones when the process ends', async () => {
  const child = start("for (let n = 0; n < 5000; n++) out.write(n + ' a line\\n'); process.exit(0)")
  const lines = (await text(child.stdout)).trimEnd().split('\n')
  expect(lines).toEqual(Array.from({ length: 5000 }, (_, n) => `${n} a line`))
})

it('lets the process go on and end when its reader has gone', async () => {
  const child = start(
    "setInterval(() => out.write('x'.repeat(1000)), 5); process.stdin.once('data', () => { out.write('bye'); process.exit(7) })",
  )
  await once(child.stdout, 'data')
  child.stdout.destroy()
  child.stdin.write('end')
  expect(await once(child, 'exit')).toEqual([7, null])
})

it('lets the process end although its reader has gone in this very moment', async () => {
  const child = start("process.stdin.once('data', () => { for (let n = 0; n < 100; n++) out.write('bye'); process.exit(7) })")
  child.stdout.destroy()
  child.stdin.write('end')
  expect(await once(child, 'exit')).toEqual([7, null])
})
