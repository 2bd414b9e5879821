import { EventEmitter } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { VERSION } from '../gateway.ts'
import { runCli } from './run-cli.ts'

const CANARY = 'canary7pass'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atalaya-cli-'))
  await writeFile(
    join(folder, 'lab.yaml'),
    `cameras:
  "1":
    name: Arena
    user: admin
    password: ${CANARY}
    rtsp: rtsp://old:${CANARY}@192.168.50.211:554/cam/realmonitor?channel=1&subtype=1
  xm: rtsp://10.0.0.9/user=admin&password=${CANARY}&channel=1
  demo: { url: test:clock, connect: on-demand, default: true }
`,
  )
  await writeFile(join(folder, 'bad.yaml'), `cameras:\n  door: rtsp://u:${CANARY}@h:99999/\n  hall: { pasword: ${CANARY} }\n`)
})
afterAll(() => rm(folder, { recursive: true }))

async function run(args: string[], environment: Record<string, string> = {}) {
  let stdout = ''
  let stderr = ''
  const exitCode = await runCli(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    environment,
    folder,
    signals: new EventEmitter(),
    platform: 'linux',
  })
  return { exitCode, stdout, stderr }
}

describe('atalaya', () => {
  it('tells its version', async () => {
    expect(await run(['--version'])).toEqual({ exitCode: 0, stdout: `${VERSION}\n`, stderr: '' })
  })

  it.each([[['--help']], [['serve', '--help']], [['check', '--help']], [['demo', '--help']]])('teaches with %s', async (args) => {
    const { exitCode, stdout } = await run(args)
    expect(exitCode).toBe(0)
    expect(stdout).toContain('Usage: atalaya')
  })

  it('names examples, exit codes and the documentation in its help', async () => {
    const { stdout } = await run(['--help'])
    for (const part of ['Examples:', 'Exit codes:', '78', 'docs/configuration.md']) expect(stdout).toContain(part)
  })

  it.each([
    [[], 'Usage: atalaya'],
    [['serv'], 'Did you mean serve?'],
    [['serve', '--prot', '1'], 'Did you mean --port?'],
    [['serve', '--port', '70000'], 'a whole number from 0 to 65535'],
    [['serve', '--port', '1e3'], 'a whole number from 0 to 65535'],
    [['serve', '--log-level', 'loud'], 'Allowed choices are debug, info, warn, error, silent'],
    [['serve', '--auth', 'users'], 'Allowed choices are none'],
    [['serve', 'test:clock', '--config', 'lab.yaml'], 'Give cameras or --config, not both.'],
    [['serve', 'test:clock', `gopher://u:${CANARY}@h/`], 'Camera 2: addresses of this kind are not taken'],
    [['serve', `rtsp://u:${CANARY}@h:99999/`], 'Camera 1: the address is no valid URL'],
    [[`rtsp://u:${CANARY}@h/`], 'Put serve in front'],
    [['serve', `--password=${CANARY}`], "unknown option '--password'"],
    [['check'], 'There is no atalaya.yaml, atalaya.yml, atalaya.json in this folder.'],
  ])('ends with 2 when the command line is wrong: %s', async (args, sentence) => {
    const { exitCode, stdout, stderr } = await run(args)
    expect(exitCode).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(sentence)
    expect(stderr).not.toContain(CANARY)
    expect(stderr).not.toMatch(/\n\s+at /)
  })

  it('ends with 2 when LOG_LEVEL is no level', async () => {
    expect(await run(['serve', 'test:clock'], { LOG_LEVEL: 'loud' })).toMatchObject({
      exitCode: 2,
      stderr: 'LOG_LEVEL must be one of debug, info, warn, error, silent.\n',
    })
  })

  it.each([
    [['serve', '--config', 'nowhere.yaml'], 'nowhere.yaml: the file does not exist'],
    [['serve', 'test:clock', '--host', '0.0.0.0'], 'auth: none'],
    [['demo', '--host', '::'], 'auth: none'],
    [['serve', '--config', 'bad.yaml'], 'bad.yaml:2:9: cameras.door: the address is no valid URL'],
    [['check', 'bad.yaml'], 'bad.yaml:3:11: cameras.hall.pasword: unknown key: did you mean password?'],
  ])('ends with 78 when the configuration is bad: %s', async (args, sentence) => {
    const { exitCode, stdout, stderr } = await run(args)
    expect(exitCode).toBe(78)
    expect(stdout).toBe('')
    expect(stderr).toContain(sentence)
    expect(stderr).not.toContain(CANARY)
    expect(stderr).not.toMatch(/\n\s+at /)
  })
})

describe('atalaya check', () => {
  it('says what is in a configuration, one line per camera, without secrets', async () => {
    const { exitCode, stdout, stderr } = await run(['check', 'lab.yaml'])
    expect(exitCode).toBe(0)
    expect(stderr).toBe('')
    expect(stdout.replaceAll(`${folder}/`, '')).toBe(`lab.yaml is valid: 3 cameras, to be served at http://127.0.0.1:5000/
  1     rtsp://192.168.50.211:554/cam/realmonitor?channel=1&subtype=1  Arena, with login
  xm    rtsp://10.0.0.9/user=admin&password=***&channel=1
  demo  test:clock                                                     on demand, default
warning: lab.yaml:4:5: cameras.1.user: wins over the other user in the address: take that one out
Pictures are decoded by node-av, libav in processes of its own.
`)
  })

  it('answers programs in JSON', async () => {
    const good = await run(['check', 'lab.yaml', '--json'])
    expect(good.exitCode).toBe(0)
    expect(good.stdout).not.toContain(CANARY)
    expect(JSON.parse(good.stdout)).toMatchObject({
      valid: true,
      engine: 'node-av',
      server: { host: '127.0.0.1', port: 5000 },
      cameras: [{ id: '1', name: 'Arena', hasLogin: true }, { id: 'xm' }, { id: 'demo', default: true, connect: 'on-demand' }],
      warnings: [expect.any(String)],
    })
    const bad = await run(['check', 'bad.yaml', '--json'])
    expect(bad.exitCode).toBe(78)
    expect(bad.stdout).not.toContain(CANARY)
    expect(JSON.parse(bad.stdout)).toMatchObject({
      valid: false,
      problems: [
        { line: 2, column: 9 },
        { line: 3, column: 11 },
      ],
    })
  })
})
