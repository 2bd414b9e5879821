import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const manifest = readJson<Manifest>('package.json')
const { packages } = readJson<{ packages: Record<string, LockedPackage> }>('package-lock.json')
const page = readFileSync(join(root, 'docs/dependencies.md'), 'utf8')

interface Manifest {
  readonly dependencies: Record<string, string>
  readonly optionalDependencies: Record<string, string>
  readonly devDependencies: Record<string, string>
}

interface LockedPackage {
  readonly version?: string
  readonly resolved?: string
  readonly dev?: boolean
  readonly license?: string
  readonly engines?: { readonly node?: string }
  readonly optionalDependencies?: Record<string, string>
}

describe('the dependencies', () => {
  const direct = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.devDependencies }).sort()

  it('are each explained in docs/dependencies.md, and no other is', () => {
    const explained = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name).sort()
    expect(explained).toEqual(direct)
  })

  it('are pinned to one version', () => {
    const versions = Object.values({ ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.devDependencies })
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
  })

  it('run on Node.js 20.19, as far as they are needed at run time', () => {
    const needed = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev)
    expect(needed.length).toBeGreaterThan(50)
    expect(needed.filter(([, { engines }]) => !accepts(engines?.node ?? '*', [20, 19, 0])).map(([path]) => path)).toEqual([])
  })

  it('are under licences that let Atalaya stay MIT', () => {
    const needed = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev)
    const others = needed.filter(([path, { license = '' }]) => !ALLOWED.has(license) && !(path in EXAMINED))
    expect(others.map(([path, { license }]) => `${path}: ${license}`)).toEqual([])
    expect(Object.keys(EXAMINED).filter((path) => !(path in packages))).toEqual([])
  })

  it('are locked without the address of a registry', () => {
    expect(Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined)).toEqual([])
  })

  it('are locked for every platform, without which npm 11 and 12 refuse the lock file', () => {
    const absent = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`],
      ),
    )
    expect(absent).toEqual([])
  })
})

const ALLOWED = new Set([
  ...['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0', 'Unlicense', 'OFL-1.1'],
  ...['(BSD-2-Clause OR MIT OR Apache-2.0)', 'MIT OR Apache-2.0'],
])

/** Packages with another licence, or with none in their manifest. */
const EXAMINED: Readonly<Record<string, string>> = {
  'node_modules/mediabunny': 'MPL-2.0, which binds its own files only; it comes with node-av and is not loaded',
  'node_modules/@shinyoshiaki/jspack': 'BSD-3-Clause by its source; it comes with node-av and is not loaded',
}

describe('a range of Node.js versions', () => {
  it.each(['*', '>=20', '>= 14.6', '>= 10.x', '^16 || ^18 || >=20', '^20.3.0', '>=20.19.0 <21'])(
    '%s takes in 20.19.0',
    (range) => {
      expect(accepts(range, [20, 19, 0])).toBe(true)
    },
  )

  it.each(['>=22', '6.* || 22.*', '>=20.20', '^18', '^22.18 || >=24.11', '^20.19.1', '<20'])('%s leaves out 20.19.0', (range) => {
    expect(accepts(range, [20, 19, 0])).toBe(false)
  })

  it('is not guessed at', () => {
    expect(() => accepts('20 - 22', [20, 19, 0])).toThrow(TypeError)
  })
})

/** Whether a range of package.json's `engines` takes in a version; throws a TypeError on what it does not know. */
function accepts(range: string, version: readonly number[]): boolean {
  return range.split('||').some((part) =>
    part
      .replace(/([<>=^~])\s+/g, '$1')
      .trim()
      .split(/\s+/)
      .every((comparator) => satisfies(comparator, version)),
  )
}

function satisfies(comparator: string, version: readonly number[]): boolean {
  if (comparator === '*') return true
  const [, operator, numbers, wildcard] = /^(>=|<|\^|~|)(\d+(?:\.\d+)*)((?:\.[x*])*)$/.exec(comparator) ?? []
  if (!numbers || (operator === '' && !wildcard)) throw new TypeError(`Unknown range of versions: ${comparator}`)
  const bound = numbers.split('.').map(Number)
  const order = compare(version, bound)
  if (operator === '<') return order < 0
  if (operator === '>=') return order >= 0
  // `6.*` is any version that begins so.
  return order >= 0 && version[0] === bound[0] && (operator !== '~' || version[1] === (bound[1] ?? version[1]))
}

function compare(a: readonly number[], b: readonly number[]): number {
  const index = [0, 1, 2].find((place) => (a[place] ?? 0) !== (b[place] ?? 0))
  return index === undefined ? 0 : (a[index] ?? 0) - (b[index] ?? 0)
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(root, path), 'utf8')) as T
}
