import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { CameraStatus } from '../../src/api/camera-status.ts'
import { descendants } from '../e2e/gateway-process.ts'
import { JpegDecoder } from '../e2e/jpeg-pixels.ts'
import { MjpegReader } from '../e2e/mjpeg-reader.ts'
import { requirePeer } from '../peers/required.ts'
import { startDemo } from './installed-demo.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
const systemNode = process.env['ATALAYA_SYSTEM_NODE'] || process.execPath

let folder: string
let packed: { filename: string; size: number; unpackedSize: number; files: { path: string }[] }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atalaya-package-'))
  // `npm test` has built dist/ just now.
  const { stdout } = await npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root)
  packed = Object.values(JSON.parse(stdout) as Record<string, typeof packed>)[0] ?? fail(stdout)
}, 60_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the package', () => {
  it('holds the program, its types and its pages, and nothing of the workshop', () => {
    const paths = packed.files.map(({ path }) => path)
    expect(paths).toEqual(
      expect.arrayContaining([
        'dist/main.js',
        'dist/index.js',
        'dist/index.d.ts',
        'dist/sbom.cdx.json',
        'LICENSE',
        'README.md',
        'docs/library.md',
      ]),
    )
    expect(
      paths.filter((path) => !/^(dist\/|docs\/|package\.json$|README(\.es)?\.md$|CHANGELOG\.md$|LICENSE$)/.test(path)),
    ).toEqual([])
    expect(paths.filter((path) => /\.test\.|\.map$|\.built$|(?<!\.d)\.ts$/.test(path))).toEqual([])
  })

  it('stays small', () => {
    expect(packed.size).toBeLessThan(1_000_000)
    expect(packed.unpackedSize).toBeLessThan(4_000_000)
  })
})

describe('the package, installed into an empty folder', () => {
  let home: string

  beforeAll(async () => {
    home = join(folder, 'home')
    await run('mkdir', [home])
    await writeFile(join(home, 'package.json'), '{ "type": "module" }')
    await npm(['install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, packed.filename)], home)
  }, 120_000)

  it('leaves nothing behind but the modules and the list of them', async () => {
    const { stdout } = await run('ls', ['-A', home])
    expect(stdout.trim().split('\n')).toEqual(['node_modules', 'package-lock.json', 'package.json'])
  })

  it('has the command', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
    expect((await run('npx', ['--offline', 'atalaya', '--version'], { cwd: home })).stdout.trim()).toBe(version)
  })

  it.each([...new Set([systemNode, process.execPath])])('shows the demo on %s', { timeout: 30_000 }, async (node) => {
    await using demo = await startDemo(node, home)
    using viewer = new MjpegReader(`${demo.url}/camera/1`)
    await vi.waitFor(() => expect(viewer.distinct).toBeGreaterThan(3), { timeout: 15_000 })
    expect(new JpegDecoder().decode(viewer.pictures[0]!.data)).toMatchObject({ width: 640, height: 360 })
  })

  it('compiles in a strict program of a user, with the declarations checked too', { timeout: 60_000 }, async () => {
    const program = [
      "import { createGateway, mjpegStream, openCamera } from 'atalaya'",
      "import { createServer } from 'node:http'",
      "const gateway = await createGateway({ cameras: { '1': 'test:clock' } })",
      "createServer((_request, response) => mjpegStream(gateway.camera('1')).pipe(response)).listen(0)",
      "const one = await openCamera('test:clock')",
      'for await (const { data, capturedAt } of one.pictures({ fps: 1 })) console.log(data.length, capturedAt.getTime())',
    ]
    await writeFile(join(home, 'program.ts'), `${program.join('\n')}\n`)
    await symlink(join(root, 'node_modules/@types'), join(home, 'types'))
    const options = [
      '--strict',
      '--noEmit',
      '--target',
      'es2023',
      '--module',
      'nodenext',
      '--typeRoots',
      'types',
      '--types',
      'node',
    ]
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const { stdout } = await run(process.execPath, [tsc, ...options, 'program.ts'], { cwd: home }).catch(
      (error: { stdout: string }) => error,
    )
    expect(stdout).toBe('')
  })

  describe('without its optional dependencies', () => {
    beforeAll(async () => {
      await npm(['prune', '--omit=optional', '--no-audit', '--no-fund'], home)
    }, 60_000)

    it.runIf(requirePeer('ffmpeg'))('shows pictures by the ffmpeg command', { timeout: 40_000 }, async () => {
      expect(existsSync(join(home, 'node_modules/node-av'))).toBe(false)
      await using demo = await startDemo(process.execPath, home)
      using viewer = new MjpegReader(`${demo.url}/camera/1`)
      await vi.waitFor(() => expect(viewer.distinct).toBeGreaterThan(3))
      expect(new JpegDecoder().decode(viewer.pictures[0]!.data)).toMatchObject({ width: 640, height: 360 })
    })

    it('and without ffmpeg runs, and says what is missing and what works', { timeout: 30_000 }, async () => {
      await using demo = await startDemo(process.execPath, home, home)
      const status = () => fetch(`${demo.url}/status`).then((answer) => answer.json() as Promise<Record<string, CameraStatus>>)
      await vi.waitFor(
        async () => expect((await status())['1']).toMatchObject({ state: 'offline', reason: 'engine-unavailable' }),
        {
          timeout: 10_000,
        },
      )
      const answer = await fetch(`${demo.url}/camera/1/snapshot`)
      expect(answer.status).toBe(503)
      const { error } = (await answer.json()) as { error: { code: string; message: string } }
      expect(error.message).toContain('node-av is not installed. Install the optional dependency node-av (npm install node-av)')
      expect(error.message).toContain('all else works')
      expect(demo.output).toContain('node-av is not installed')
      expect((await fetch(`${demo.url}/camera/1`)).status).toBe(503)
      expect((await fetch(`${demo.url}/readyz`)).status).toBe(200)
      await vi.waitFor(async () => expect(await descendants(demo.pid)).toEqual([]), 5000)
    })
  })
})

function npm(args: readonly string[], cwd: string): Promise<{ stdout: string }> {
  // The settings that npm hands to the scripts it runs are those of this project, not of a user.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')))
  return run('npm', args, { cwd, env, maxBuffer: 10_000_000 })
}

function fail(output: string): never {
  throw new Error(`npm pack says: ${output}`)
}
