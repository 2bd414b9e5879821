#!/usr/bin/env node
import { isNodeTooOld, OLD_NODE_MESSAGE } from './cli/node-version.ts'

if (isNodeTooOld(process.versions.node)) {
  process.stderr.write(`${OLD_NODE_MESSAGE} This is ${process.version}.\n`)
  process.exit(1)
}

// Only now: an old Node.js cannot even parse what these import.
const { letHeapDouble } = await import('./lib/heap-growth.ts')
const { installLastResort } = await import('./cli/last-resort.ts')
const { runCli } = await import('./cli/run-cli.ts')

const args = process.argv.slice(2)
letHeapDouble()
installLastResort(process, args)
process.exit(
  await runCli(args, {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    environment: process.env,
    folder: process.cwd(),
    signals: process,
    platform: process.platform,
  }),
)
