/** Runs a fake camera by hand; docs/fake-camera.md says how. */
import { createInterface } from 'node:readline'
import { type HandRunOptions, listModes, readOptions } from './command-line.ts'
import { startMjpeg, startRtsp } from './hand-run-camera.ts'

try {
  const options = readOptions(process.argv.slice(2))
  if (options.list) console.log(listModes())
  else await run(options)
} catch (error) {
  // An option or a mode that there is not.
  if (!(error instanceof TypeError)) throw error
  console.error(error.message)
  process.exitCode = 2
}

async function run(options: HandRunOptions): Promise<void> {
  console.log('Making the pictures …')
  const camera = await (options.http ? startMjpeg(options) : startRtsp(options))
  console.log(
    `${camera.url}\nTo watch it: npm start -- '${camera.urlToWatch}'\nCommands: ${[...camera.commands.keys(), 'quit'].join(', ')}`,
  )
  const timer = camera.begins && setTimeout(camera.begins, options.after * 1000)
  for await (const line of createInterface({ input: process.stdin })) {
    const [word = '', argument = ''] = line.trim().split(/\s+/)
    if (word === 'quit') break
    const command = camera.commands.get(word)
    if (command) await command(argument)
    console.log(command ? camera.state() : `${word} is none of the commands`)
  }
  clearTimeout(timer)
  await camera.stop()
}
