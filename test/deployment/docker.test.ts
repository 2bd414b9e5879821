import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const ROOT = resolve(import.meta.dirname, '../..')
const FOLDER = join(ROOT, 'examples/docker')
const [build, final] = parseDockerfile(readFileSync(join(FOLDER, 'Dockerfile'), 'utf8')) as [Stage, Stage]

// Nothing here builds the image, for that needs a Docker engine: the instructions are read, and what they copy is compiled.
describe('examples/docker/Dockerfile', () => {
  it('builds on glibc, without which there is no decoder', () => {
    expect([build, final].map(({ base }) => base)).toEqual(['node:24-slim', 'node:24-slim'])
  })

  it('does not run as root', () => {
    expect(final.of('USER')).toEqual(['node'])
  })

  it('starts the program itself, so that signals reach it', () => {
    expect(final.of('ENTRYPOINT')).toEqual(['["node", "/app/dist/main.js"]'])
    expect(final.of('CMD')).toEqual(['["serve"]'])
    expect(final.of('STOPSIGNAL')).toEqual(['SIGTERM'])
  })

  it('asks for the health of the process by a program that can be parsed', () => {
    const [check = ''] = final.of('HEALTHCHECK')
    const [node, option, script] = JSON.parse(check.slice(check.indexOf('[')))
    expect([node, option]).toEqual(['node', '-e'])
    expect(script).toContain('/livez')
    expect(spawnSync(process.execPath, ['--check', '-'], { input: script }).status).toBe(0)
  })

  it('leaves the tools of the build behind', () => {
    const copied = final.of('COPY').filter((copy) => copy.startsWith('--from'))
    expect(copied).toEqual(['--from=build /build/node_modules/ node_modules/', '--from=build /build/dist/ dist/'])
    expect(build.of('RUN').at(-1)).toMatch(/^npm ci --omit=dev /)
  })

  it('copies what exists and what is not ignored', () => {
    for (const path of [...sourcesOf(build), ...sourcesOf(final)]) {
      expect([path, existsSync(join(ROOT, path)), allowed().has(path.replace(/\/$/, ''))]).toEqual([path, true, true])
    }
  })

  it('copies all that the program is compiled from, and all that it needs to start', { timeout: 60_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'atalaya-image-'))
    try {
      for (const path of sourcesOf(build)) cpSync(join(ROOT, path), join(folder, path), { recursive: true, filter: isNoTest })
      // Entry by entry, so that nothing that is done to the folder reaches the clone's own.
      mkdirSync(join(folder, 'node_modules'))
      for (const name of readdirSync(join(ROOT, 'node_modules'))) {
        symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name))
      }
      run(folder, 'scripts/build.mjs')
      for (const sources of ['src', 'web']) rmSync(join(folder, sources), { recursive: true })
      expect(run(folder, 'dist/main.js', '--version')).toMatch(/^\d+\.\d+\.\d+/)
      expect(run(folder, 'dist/main.js', 'serve', '--help')).toMatch(/--host[\s\S]*--auth/)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('examples/docker/compose.yaml', () => {
  const { atalaya } = parse(readFileSync(join(FOLDER, 'compose.yaml'), 'utf8')).services

  it('builds the image beside it, from the folder of the clone', () => {
    expect(resolve(FOLDER, atalaya.build.context)).toBe(ROOT)
    expect(join(ROOT, atalaya.build.dockerfile)).toBe(join(FOLDER, 'Dockerfile'))
  })

  it('shows the cameras to this machine only', () => {
    expect(atalaya.ports).toEqual(['127.0.0.1:5000:5000'])
  })

  it('may write nothing but its own data, and has no rights to spare', () => {
    expect(atalaya).toMatchObject({ read_only: true, cap_drop: ['ALL'], volumes: ['./data:/data'], restart: 'unless-stopped' })
    expect(final.of('WORKDIR').at(-1)).toBe('/data')
  })
})

interface Stage {
  readonly base: string
  /** The arguments of every instruction of this name. */
  of(instruction: string): string[]
}

/** The stages of a Dockerfile, in their order. */
function parseDockerfile(text: string): Stage[] {
  const lines = text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter(Boolean)
  const stages: { name: string; value: string }[][] = []
  for (const line of lines) {
    const [, name = '', value = ''] = /^([A-Z]+) (.+)$/.exec(line) ?? []
    if (name === 'FROM') stages.push([])
    stages.at(-1)?.push({ name, value })
  }
  return stages.map((instructions) => ({
    base: instructions[0]?.value.replace(/ AS .*/, '') ?? '',
    of: (instruction) => instructions.filter(({ name }) => name === instruction).map(({ value }) => value),
  }))
}

/** What a stage copies out of the clone. */
function sourcesOf(stage: Stage): string[] {
  const own = stage.of('COPY').filter((copy) => !copy.startsWith('--from'))
  return own.flatMap((copy) => copy.split(' ').slice(0, -1))
}

/** What the list of what is ignored lets through. */
function allowed(): Set<string> {
  const lines = readFileSync(join(FOLDER, 'Dockerfile.dockerignore'), 'utf8').split('\n')
  return new Set(lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1).replace(/\/$/, '')))
}

function isNoTest(path: string): boolean {
  return !path.endsWith('.test.ts')
}

function run(folder: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stdout}${stderr}`)
  return stdout
}
