import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './toolchain.mjs'

/**
 * Writes the list of what the program runs with (CycloneDX 1.5, JSON): every package of the lock file that is not for development
 * only. The same lock file gives the same list.
 * @param {string} file
 */
export function writeSbom(file) {
  const { name, version, license } = readJson('package.json')
  const components = Object.entries(readJson('package-lock.json').packages)
    .filter(([path, { dev }]) => path !== '' && !dev)
    .map(([path, locked]) => component(path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length), locked))
  const byReference = new Map(components.map((one) => [one['bom-ref'], one]))
  const bom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: { ...component(name, { version, license }), type: 'application' } },
    components: [...byReference.values()],
  }
  writeFileSync(file, `${JSON.stringify(bom, undefined, 1)}\n`)
}

/**
 * @param {string} name
 * @param {{ version: string, license?: string, integrity?: string, optional?: boolean }} locked
 */
function component(name, { version, license, integrity, optional }) {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`
  const [algorithm, digest = ''] = integrity?.split('-') ?? []
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    purl,
    scope: optional ? 'optional' : 'required',
    ...(license && { licenses: [/ /.test(license) ? { expression: license } : { license: { id: license } }] }),
    ...(algorithm === 'sha512' && { hashes: [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }] }),
  }
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(join(root, file), 'utf8'))
}
