import { createHash } from 'node:crypto'

/** What a page consists of, for its policy. */
export interface PolicyParts {
  readonly style: string
  readonly script: string
  /** Origins that may show the page in a frame. */
  readonly origins: readonly string[]
}

/** A Content-Security-Policy: the page runs its own script, loads from this gateway, and is framed by those who are trusted. */
export function pagePolicy({ style, script, origins }: PolicyParts): string {
  return [
    "default-src 'none'",
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    `style-src 'sha256-${sha256(style)}'`,
    `script-src 'sha256-${sha256(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    ["frame-ancestors 'self'", ...origins].join(' '),
  ].join('; ')
}

/** The language of a page: the first one named decides, for browsers put the reader's own first. */
export function pageLanguage(acceptLanguage = ''): 'en' | 'es' {
  return /^\s*es\b/i.test(acceptLanguage) ? 'es' : 'en'
}

/** Text that means nothing to HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}
