import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readPage } from './markdown-page.ts'

const ELEMENT = join(import.meta.dirname, '../../web/element')
const read = (file: string) => readFileSync(join(ELEMENT, file), 'utf8')

// The tables of the page in their order: attributes, states, reasons, events, methods, custom properties, parts, modes.
describe.each(['docs/element.md', 'docs/element.es.md'])('%s', (path) => {
  const [attributes, states, reasons, events, , properties, parts] = readPage(path).tables.map(({ rows }) =>
    rows.map(([cell = '']) => cell.replaceAll('`', '')),
  )

  it('describes every attribute, and no other', () => {
    const [, list = ''] = /observedAttributes = \[([^\]]*)\]/.exec(read('camera-element.ts')) ?? []
    expect(attributes?.toSorted()).toEqual(words(list).toSorted())
  })

  it('describes every state and reason of its own, and no other', () => {
    expect(states?.toSorted()).toEqual(words(union('ViewName')).toSorted())
    expect(reasons?.toSorted()).toEqual(words(union('ViewReason')).toSorted())
  })

  it('describes every event, custom property and part, and no other', () => {
    const [, list = ''] = /interface AtalayaCameraEvents \{([^}]*)\}/.exec(read('camera-events.ts')) ?? []
    expect(events?.toSorted()).toEqual([...list.matchAll(/(\w+): CustomEvent/g)].map(([, name]) => name).toSorted())
    expect(properties?.toSorted()).toEqual([...new Set(read('style.ts').match(/--atalaya-[a-z-]+/g))].toSorted())
    expect(parts?.toSorted()).toEqual(
      [...new Set([...read('screen.ts').matchAll(/make\('\w+', '(\w+)'\)/g)].map(([, name]) => name))].toSorted(),
    )
  })
})

function words(text: string): string[] {
  return [...text.matchAll(/'([a-z-]+)'/g)].map(([, word = '']) => word)
}

/** The alternatives of a type, up to the next declaration. */
function union(name: string): string {
  const [, text = ''] = new RegExp(`export type ${name} =([\\s\\S]*?)\\n\\n`).exec(read('camera-view.ts')) ?? []
  return text
}
