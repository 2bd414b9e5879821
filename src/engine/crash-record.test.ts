import { expect, it } from 'vitest'
import { type Micros, millis } from '../media/time.ts'
import { CrashRecord } from './crash-record.ts'

it('isolates a camera after two crashes, gives it up after three, and forgets after five minutes', () => {
  let time: Micros = millis(0)
  const record = new CrashRecord(() => time)
  const verdicts = [record.verdict('a')]
  for (let crash = 0; crash < 3; crash++) {
    record.blame('a')
    verdicts.push(record.verdict('a'))
  }
  expect(verdicts).toEqual(['trusted', 'trusted', 'alone', 'quarantined'])
  expect(record.verdict('b')).toBe('trusted')
  time = millis(5 * 60_000 + 1)
  expect(record.verdict('a')).toBe('trusted')
})
