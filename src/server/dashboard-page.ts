import { readdirSync } from 'node:fs'
import { AtalayaError } from '../api/errors.ts'
import { readWebFile, WEB_FOLDERS } from './web-files.ts'

/**
 * The page loads nothing but itself, its pictures and its states. `blob:` is the element's worker.
 * @param origins those that may show the page in a frame
 */
export function dashboardPolicy(origins: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    ["frame-ancestors 'self'", ...origins].join(' '),
  ].join('; ')
}

/**
 * The dashboard's page.
 * @param language the one that the configuration asks for; without it the browser's
 * @throws {AtalayaError} `not_found` where it was not built
 */
export function dashboardPage(language: 'en' | 'es' | undefined): string {
  const page = readWebFile('dashboard/index.html').body.toString()
  return language ? page.replace('<html lang="en">', `<html lang="${language}" data-language="${language}">`) : page
}

/**
 * The path of a script, style sheet or drawing of the dashboard below `dist/web/`.
 * @throws {AtalayaError} `not_found` for any other name
 */
export function dashboardAsset(name: string): { readonly path: string; readonly type: string } {
  const type = TYPES[name.split('.').at(-1) ?? '']
  if (type && assets().has(name)) return { path: `dashboard/assets/${name}`, type }
  throw new AtalayaError('not_found', `The dashboard has no file ${JSON.stringify(name)}; reload its page.`)
}

/** Names that were built: nothing else can be asked for. */
function assets(): ReadonlySet<string> {
  known ??= new Set(WEB_FOLDERS.flatMap((folder) => listFiles(new URL('dashboard/assets/', folder))))
  return known
}

function listFiles(folder: URL): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return [] // one of the two folders is not there
  }
}

let known: ReadonlySet<string> | undefined

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}
