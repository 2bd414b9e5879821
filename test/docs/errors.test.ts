import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ERRORS } from '../../src/api/errors.ts'

it('lists every error code with its status and its words in docs/errors.md, and no other', () => {
  const text = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')
  const rows = [...text.matchAll(/^\| `(\w+)` \| (\d+) \| (.+?) \|/gm)].map(([, code, status, message]) => [
    code,
    Number(status),
    message,
  ])
  expect(rows).toEqual(Object.entries(ERRORS).map(([code, { status, message }]) => [code, status, message]))
})
