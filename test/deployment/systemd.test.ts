import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const UNIT = readFileSync(new URL('../../examples/systemd/atalaya.service', import.meta.url), 'utf8')
const hasAnalyzer = spawnSync('systemd-analyze', ['--version']).status === 0

describe('examples/systemd/atalaya.service', () => {
  const settings = parseUnit(UNIT)

  it('starts the built program itself, as a user of its own, and has it back after a crash', () => {
    expect(settings['Service']).toMatchObject({
      ExecStart: '/usr/bin/node /opt/atalaya/dist/main.js serve',
      DynamicUser: 'yes',
      Restart: 'on-failure',
      KillMode: 'mixed',
      OOMPolicy: 'continue',
      ProtectSystem: 'strict',
      NoNewPrivileges: 'yes',
    })
    expect(settings['Install']).toEqual({ WantedBy: 'multi-user.target' })
  })

  it('does not try again with a configuration that is wrong', () => {
    expect(settings['Service']?.['RestartPreventExitStatus']).toBe('2 78')
  })

  it('waits longer for the end than the program needs at most', () => {
    expect(Number(settings['Service']?.['TimeoutStopSec'])).toBeGreaterThan(10)
  })

  it('does not forbid what JavaScript engines need', () => {
    expect(settings['Service']).not.toHaveProperty('MemoryDenyWriteExecute')
  })

  it.runIf(hasAnalyzer)('has nothing that systemd does not understand', () => {
    expect(analyze(UNIT, 'verify')).toEqual({ status: 0, complaints: '' })
    expect(analyze(UNIT.replace('Restart=', 'Restrat='), 'verify').complaints).toContain('Restrat')
  })

  it.runIf(hasAnalyzer)('lets the program do little, by the measure of systemd', () => {
    expect(analyze(UNIT, 'security', '--offline=true', '--threshold=20').status).toBe(0)
  })
})

/** What systemd says of a unit, with this machine's Node.js and this clone in place of what it starts. */
function analyze(unit: string, ...command: string[]): { status: number | null; complaints: string } {
  const folder = mkdtempSync(join(tmpdir(), 'atalaya-unit-'))
  try {
    const file = join(folder, 'atalaya.service')
    writeFileSync(file, unit.replace('/usr/bin/node ', `${process.execPath} `))
    const { status, stderr } = spawnSync('systemd-analyze', [...command, file], { encoding: 'utf8' })
    return { status, complaints: stderr }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The assignments of a unit by section; of those that are repeated the last. */
function parseUnit(text: string): Record<string, Record<string, string>> {
  const sections: Record<string, Record<string, string>> = {}
  let section: Record<string, string> = {}
  for (const line of text.split('\n').filter((one) => one !== '' && !one.startsWith('#'))) {
    const title = /^\[(\w+)\]$/.exec(line)?.[1]
    const [, key, value = ''] = /^(\w+)=(.*)$/.exec(line) ?? []
    if (title) {
      section = {}
      sections[title] = section
    } else if (key) section[key] = value
    else throw new Error(`neither a section nor an assignment: ${line}`)
  }
  return sections
}
