import { execFile } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Puts a file of ours in the place of /etc/hosts, inside a private mount namespace only (see main.ts), and resolves with its path. */
export async function claimHosts(): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'atalaya-hosts-')), 'hosts')
  await writeFile(file, '127.0.0.1 localhost\n')
  await run('mount', ['--bind', file, '/etc/hosts'])
  return file
}
