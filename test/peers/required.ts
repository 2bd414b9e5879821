import { TestRunner } from 'vitest'
import { PEERS, type PeerName } from '../../scripts/peers.mjs'

declare module 'vitest' {
  interface TaskMeta {
    /** Peers that tests of this file asked for and this machine lacks. */
    missingPeers?: PeerName[]
  }
}

const present = new Map<PeerName, boolean>()

/**
 * Whether a real peer is on this machine, to be asked while tests are collected:
 * `describe.runIf(requirePeer('gstreamer'))('…', () => { … })`. Where it is missing the tests are skipped, and the summary
 * of the run says so aloud; with `CI=true` a missing peer fails the test file.
 */
export function requirePeer(name: PeerName): boolean {
  if (isPresent(name)) return true
  if (process.env['CI'] === 'true') {
    throw new Error(`${name} is missing, and with CI=true no test may be skipped for it: apt-get install ${packagesOf(name)}`)
  }
  const { meta } = TestRunner.getCurrentSuite().file
  meta.missingPeers = [...new Set([...(meta.missingPeers ?? []), name])]
  return false
}

function isPresent(name: PeerName): boolean {
  const known = present.get(name)
  if (known !== undefined) return known
  const found = PEERS[name].isPresent()
  present.set(name, found)
  return found
}

function packagesOf(name: PeerName): string {
  return PEERS[name].debian.join(' ')
}
