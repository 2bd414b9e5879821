import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { PEERS } from '../../scripts/peers.mjs'
import type { Need } from './fault.ts'

/** What a row needs and this machine lacks, in words; undefined when nothing is missing. */
export function missingNeed(needs: readonly Need[], hasOwnNetwork: boolean): string | undefined {
  return needs.map((need) => reasonAgainst(need, hasOwnNetwork)).find((reason) => reason !== undefined)
}

/** Where Debian, Ubuntu and Fedora put it. */
export function faketimeLibrary(): string | undefined {
  return [
    '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1',
    '/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1',
    '/usr/lib64/faketime/libfaketime.so.1',
  ].find((file) => existsSync(file))
}

function reasonAgainst(need: Need, hasOwnNetwork: boolean): string | undefined {
  switch (need) {
    case 'network':
      return hasOwnNetwork && answers('ss', '-V')
        ? undefined
        : 'it needs network namespaces: root on Linux, with unshare, nsenter, ip and ss'
    case 'faketime':
      return faketimeLibrary() ? undefined : 'it needs libfaketime (apt install libfaketime)'
    case 'prlimit':
      return answers('prlimit', '--version') ? undefined : 'it needs prlimit (util-linux)'
    default:
      return PEERS[need].isPresent() ? undefined : `it needs ${PEERS[need].debian.join(', ')}`
  }
}

function answers(command: string, argument: string): boolean {
  return spawnSync(command, [argument], { stdio: 'ignore' }).status === 0
}
