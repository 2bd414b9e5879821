import { readFileSync } from 'node:fs'

/** A section of a page that can be tried out. */
export interface TutorialSection {
  readonly title: string
  /** Blocks with a file's name behind their language. */
  readonly files: readonly { readonly name: string; readonly text: string }[]
  /** The lines of the blocks that are marked `sh run`, without comments. */
  readonly commands: readonly string[]
  /** Addresses in the second column of the tables, without host. */
  readonly addresses: readonly string[]
}

/** Takes apart a page of `docs/` by its second-level headings. */
export function readTutorial(page: string): TutorialSection[] {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8')
  return text.split(/^## /m).map((section) => ({
    title: section.split('\n', 1)[0] ?? '',
    files: blocks(section)
      .filter(({ mark }) => mark.includes('.'))
      .map(({ mark, body }) => ({ name: mark, text: body })),
    commands: blocks(section)
      .filter(({ mark }) => mark === 'run')
      .flatMap(({ body }) => body.split('\n'))
      .map((line) => line.replace(/\s+#.*$/, '').trim())
      .filter(Boolean),
    addresses: [...section.matchAll(/^\|[^|]*\| `(\/[^`]*)` \|/gm)].map(([, address = '']) => address),
  }))
}

/** Fenced blocks, also those inside a list, with the word behind their language. */
function blocks(section: string): { mark: string; body: string }[] {
  return [...section.matchAll(/^( *)```\w+ (\S+)\n([\s\S]*?)^\1```/gm)].map(([, indent = '', mark = '', body = '']) => ({
    mark,
    body: body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }))
}
