import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { API_PAGE, renderApi } from '../../scripts/docs.mjs'

describe('the reference of the library', () => {
  let rendered: ReturnType<typeof renderApi>

  beforeAll(() => {
    rendered = renderApi()
  })

  it('is what the sources say: `npm run docs` writes it', () => {
    expect(readFileSync(API_PAGE, 'utf8')).toBe(rendered.text)
  })

  it('has a sentence for everything that is exported', () => {
    expect(rendered.undocumented).toEqual([])
  })
})
