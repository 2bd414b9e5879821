import { expect, it } from 'vitest'
import { isNodeTooOld } from './node-version.ts'

it.each([
  ['16.20.2', true],
  ['20.18.9', true],
  ['20.19.0', false],
  ['20.20.2', false],
  ['24.0.0', false],
])('knows whether Node.js %s is too old: %s', (version, expected) => {
  expect(isNodeTooOld(version)).toBe(expected)
})
