import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A page of the documentation, taken apart as far as the tests compare it. */
export interface MarkdownPage {
  /** Relative to the folder of the clone, such as `docs/http.md`. */
  readonly path: string
  /** In their order. */
  readonly headings: readonly Heading[]
  /** Each table by its rows, without the two that make its head. */
  readonly tables: readonly Table[]
  /** The languages of the code blocks. */
  readonly codeLanguages: readonly string[]
  /** The targets of links and images, outside of code. */
  readonly links: readonly string[]
  readonly text: string
}

export interface Heading {
  readonly level: number
  /** As it is written, code marks included. */
  readonly title: string
  /** What a link to it ends with, after `#`. */
  readonly anchor: string
  readonly line: number
}

export interface Table {
  readonly line: number
  readonly rows: readonly (readonly string[])[]
}

const ROOT = join(import.meta.dirname, '../..')

/** Every page that people read, in the folder of the clone, in `docs/` and beside the examples. */
export function allPages(): MarkdownPage[] {
  const below = ['docs', 'examples', 'test'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  )
  const paths = [...readdirSync(ROOT), ...below].filter((path) => path.endsWith('.md'))
  return paths.toSorted().map(readPage)
}

/** @param path relative to the folder of the clone */
export function readPage(path: string): MarkdownPage {
  return parsePage(path, readFileSync(join(ROOT, path), 'utf8'))
}

/** Takes apart what GitHub's Markdown makes of a page, as far as this house uses it. */
export function parsePage(path: string, text: string): MarkdownPage {
  const headings: Heading[] = []
  const tables: { line: number; rows: string[][] }[] = []
  const codeLanguages: string[] = []
  const links: string[] = []
  let fence = ''
  let lastRow = -1
  for (const [line, content] of text.split('\n').entries()) {
    const mark = /^\s*(`{3,})(\w*)/.exec(content)
    if (mark && fence === '') codeLanguages.push(mark[2] ?? '')
    if (mark) fence = fence === '' ? (mark[1] ?? '') : ''
    if (mark || fence !== '') continue
    const heading = /^(#{1,6}) (.+)$/.exec(content)
    if (heading?.[1] && heading[2]) {
      const title = heading[2].trim()
      headings.push({ level: heading[1].length, title, anchor: anchorOf(title, headings), line })
    }
    if (content.startsWith('|')) {
      if (lastRow !== line - 1) tables.push({ line, rows: [] })
      tables.at(-1)?.rows.push(cellsOf(content))
      lastRow = line
    }
    const prose = content.replaceAll(/`[^`]*`/g, '')
    for (const [, target = ''] of prose.matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)) links.push(target)
  }
  return { path, headings, tables: tables.map(({ line, rows }) => ({ line, rows: rows.slice(2) })), codeLanguages, links, text }
}

/** The tables between a heading and the next one that is not below it. */
export function tablesUnder({ headings, tables }: MarkdownPage, heading: Heading): readonly Table[] {
  const next = headings.find(({ line, level }) => line > heading.line && level <= heading.level)
  return tables.filter(({ line }) => line > heading.line && line < (next?.line ?? Number.POSITIVE_INFINITY))
}

/** GitHub's anchor: small letters, no punctuation, hyphens for blanks, and a number where it exists already. */
function anchorOf(title: string, earlier: readonly Heading[]): string {
  const plain = title.replaceAll(/\]\([^)]*\)/g, '').toLowerCase()
  const anchor = plain.replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, '').replaceAll(' ', '-')
  const repeated = earlier.filter((heading) => heading.anchor.replace(/-\d+$/, '') === anchor).length
  return repeated === 0 ? anchor : `${anchor}-${repeated}`
}

function cellsOf(row: string): string[] {
  return row
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim())
}
