import { existsSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { allPages, type MarkdownPage, parsePage } from './markdown-page.ts'

const ROOT = join(import.meta.dirname, '../..')
const pages = allPages()

describe('the pages', () => {
  it('are found', () => {
    expect(pages.map(({ path }) => path)).toEqual(expect.arrayContaining(['README.md', 'README.es.md', 'docs/http.md']))
  })

  it.each(pages)('$path links to files and headings that exist', (page) => {
    expect(page.links.flatMap((link) => faultOf(page, link))).toEqual([])
  })
})

describe('a page in two languages', () => {
  const twins = pages.flatMap((english) => {
    const spanish = pages.find(({ path }) => path === english.path.replace(/\.md$/, '.es.md'))
    return spanish ? [{ path: english.path, english, spanish }] : []
  })

  it('is not rare', () => {
    expect(twins.length).toBeGreaterThan(2)
  })

  it.each(twins)('$path has the same headings, tables and code in both', ({ english, spanish }) => {
    expect(shapeOf(spanish)).toEqual(shapeOf(english))
  })

  it.each(twins)('$path and its twin name each other', ({ english, spanish }) => {
    expect(english.links.map((link) => normalize(join(dirname(english.path), link)))).toContain(spanish.path)
    expect(spanish.links.map((link) => normalize(join(dirname(spanish.path), link)))).toContain(english.path)
  })
})

describe('an anchor', () => {
  it('is made as GitHub makes it', () => {
    const { headings } = parsePage(
      'x.md',
      '# ¿Qué es?\n## `GET /camera/{id}`, `GET /video`\n## A [link](b.md)\n## Fotos\n## Fotos\n',
    )
    expect(headings.map(({ anchor }) => anchor)).toEqual(['qué-es', 'get-cameraid-get-video', 'a-link', 'fotos', 'fotos-1'])
  })
})

function faultOf(page: MarkdownPage, link: string): string[] {
  if (/^[a-z]+:/i.test(link)) return []
  const [file = '', anchor] = link.split('#')
  const target = normalize(file === '' ? page.path : join(dirname(page.path), file))
  if (!existsSync(join(ROOT, target))) return [`${link}: there is no ${target}`]
  if (anchor === undefined || statSync(join(ROOT, target)).isDirectory()) return []
  const known = pages.find(({ path }) => path === target)?.headings.some((heading) => heading.anchor === anchor)
  return known ? [] : [`${link}: ${target} has no heading #${anchor}`]
}

/** Headings by level, tables by their number of rows and columns, code blocks by their language. */
function shapeOf({ headings, tables, codeLanguages }: MarkdownPage) {
  return {
    headings: headings.map(({ level }) => level),
    tables: tables.map(({ rows }) => rows.map((cells) => cells.length)),
    codeLanguages,
  }
}
