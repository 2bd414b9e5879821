import { spawnSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { missingPeers, PEERS } from './peers.mjs'

/** Installs the real peers of the tests where that needs no question (root on Debian or Ubuntu), and else says how to. */
export function installPeers() {
  const missing = missingPeers()
  if (missing.length === 0) return
  const packages = missing.flatMap((name) => PEERS[name].debian)
  if (process.getuid?.() === 0 && succeeds('apt-get', ['--version'], 'ignore')) {
    console.log(`Installing what the tests talk to: ${missing.join(', ')} …`)
    succeeds('apt-get', ['update', '-q'], 'inherit')
    withoutServices(() => succeeds('apt-get', ['install', '-qy', '--no-install-recommends', ...packages], 'inherit'))
  }
  for (const name of missingPeers()) {
    console.warn(
      `Missing: ${name} (${PEERS[name].purpose}). Its tests are skipped. Debian: apt-get install ${PEERS[name].debian.join(' ')}`,
    )
  }
}

/**
 * Debian starts the services that it installs, such as nginx at port 80: the tests start their own. It asks this file first
 * (invoke-rc.d(8)); one that is there already stays as it is.
 * @param {() => void} install
 */
function withoutServices(install) {
  if (existsSync(POLICY)) return install()
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    install()
  } finally {
    rmSync(POLICY)
  }
}

const POLICY = '/usr/sbin/policy-rc.d'

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {'ignore' | 'inherit'} stdio
 */
function succeeds(command, args, stdio) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync(command, args, { env, stdio: ['ignore', stdio, stdio] }).status === 0
}
