import { readFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'

/** Where `${…}` finds what it stands for. */
export interface SubstitutionContext {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The folder that relative `${file:…}` paths begin at. */
  readonly folder: string
  /** Told of each secret file that is read. */
  readonly onFile?: ((file: string) => void) | undefined
}

/**
 * Puts in what `${NAME}`, `${NAME:-default}` (when unset or empty) and `${file:/path}` stand for; `$${` is a literal
 * `${`. Behind the `://` of an address the value is percent-encoded, save in the place of its host, so that any password
 * works there; an address that is one placeholder from its beginning is taken as it is.
 */
export function substitute(text: string, context: SubstitutionContext): { value: string } | { problem: string } {
  if (!text.includes('${')) return { value: text }
  const problems: string[] = []
  const needsEncoding = encodedPlaces(text)
  const value = text.replace(/\$\$\{|\$\{([^{}]*)(\}?)/g, (whole, inner: string | undefined, close: string, offset: number) => {
    if (inner === undefined) return '${'
    const found = close ? lookUp(inner, context) : { problem: MALFORMED }
    if ('problem' in found) {
      problems.push(found.problem)
      return whole
    }
    return needsEncoding(offset) ? encodeURIComponent(found.value) : found.value
  })
  return problems.length > 0 ? { problem: problems.join('; ') } : { value }
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: it shows how placeholders are written
const MALFORMED = 'a ${…} is not one of ${NAME}, ${NAME:-default} and ${file:/path}; write $${ for a literal ${'

function lookUp(inner: string, context: SubstitutionContext): { value: string } | { problem: string } {
  if (inner.startsWith('file:')) return readSecretFile(inner.slice('file:'.length).trim(), context)
  const match = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s.exec(inner)
  if (!match?.[1]) return { problem: MALFORMED }
  const [, name, fallback] = match
  const value = context.environment[name]
  if (value) return { value }
  if (fallback !== undefined) return { value: fallback }
  const what = value === '' ? 'is empty' : 'is not set'
  return { problem: `the environment variable ${name} ${what}: set it, or write \${${name}:-default}` }
}

const MAX_SECRET_BYTES = 65_536

function readSecretFile(path: string, { folder, onFile }: SubstitutionContext): { value: string } | { problem: string } {
  if (path === '') return { problem: MALFORMED }
  const file = isAbsolute(path) ? path : join(folder, path)
  onFile?.(file)
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (error) {
    const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ''] ?? 'cannot be read'
    return { problem: `the secret file ${path} ${reason}` }
  }
  if (bytes.length > MAX_SECRET_BYTES) return { problem: `the secret file ${path} is larger than 64 KiB` }
  try {
    return { value: new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/, '') }
  } catch {
    return { problem: `the secret file ${path} is no UTF-8 text` }
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
  EISDIR: 'is a folder',
}

/** Tells for each offset in an address whether a value put in there has to be percent-encoded (RFC 3986 section 3.2). */
function encodedPlaces(text: string): (offset: number) => boolean {
  const masked = text.replace(/\$\{[^{}]*\}/g, (placeholder) => 'x'.repeat(placeholder.length))
  const start = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0].length
  if (start === undefined) return () => false
  const slash = masked.slice(start).search(/[/?#]/)
  const authorityEnd = slash < 0 ? masked.length : start + slash
  const at = masked.lastIndexOf('@', authorityEnd)
  const hostStart = Math.max(at, start)
  return (offset) => offset < hostStart || offset >= authorityEnd
}
