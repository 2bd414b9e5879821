import { describe, expect, it } from 'vitest'
import { AtalayaError } from '../../src/api/errors.ts'
import type { FuzzTarget } from './fuzz-target.ts'
import { FUZZ_TARGETS } from './fuzz-targets.ts'
import { inputOf, tryInput } from './try-input.ts'

/** The same in every run; `npm run fuzz` goes on where this ends. */
const SEED = 20_261_121
const INPUTS = 2500

describe('what cameras send, made wrong', () => {
  it.each(FUZZ_TARGETS)('never crashes, hangs or swells $name', (target) => {
    for (const input of target.corpus) expect(tryInput(target, input)).toBeUndefined()
    for (let index = 0; index < INPUTS; index++) {
      const finding = tryInput(target, inputOf(target, SEED, index))
      expect(finding, `npm run fuzz -- --target ${target.name} --seed ${SEED} --replay ${index}`).toBeUndefined()
    }
  })
})

describe('the fuzzer', () => {
  const target = (run: (input: Buffer) => void, shape: FuzzTarget['shape'] = 'bytes'): FuzzTarget => ({
    ...{ name: 'planted', corpus: [Buffer.from('0012hello')], shape, limit: 1000, run },
  })

  it('makes the same input of the same seed, and another of another', () => {
    const planted = target(() => undefined)
    const made = (seed: number) => Array.from({ length: 50 }, (_, index) => inputOf(planted, seed, index).toString('hex'))
    expect(made(1)).toEqual(made(1))
    expect(made(1)).not.toEqual(made(2))
    expect(new Set(made(1)).size).toBeGreaterThan(40)
  })

  it('keeps to the most that can reach a parser', () => {
    const planted = target(() => undefined)
    for (let index = 0; index < 2000; index++) expect(inputOf(planted, 1, index).length).toBeLessThanOrEqual(1000)
  })

  it('finds a crash, and lets the errors pass with which parsers refuse', () => {
    const crash = target((input) => {
      if (input[0] !== 0x30) throw new RangeError('out of range')
    })
    const findings = Array.from({ length: 500 }, (_, index) => tryInput(crash, inputOf(crash, 1, index)))
    expect(findings.find(Boolean)).toMatchObject({ kind: 'crash', details: expect.stringContaining('out of range') })
    const refusing = target(() => {
      throw new AtalayaError('protocol_error')
    })
    expect(tryInput(refusing, Buffer.alloc(1))).toBeUndefined()
  })

  it('finds a hang and an allocation', () => {
    const hang = target(() => {
      for (const began = process.cpuUsage(); process.cpuUsage(began).user < 100_000; );
    })
    expect(tryInput(hang, Buffer.alloc(1))).toMatchObject({ kind: 'hang' })
    const kept: Buffer[] = []
    const greedy = target(() => kept.push(Buffer.alloc(70 * 1024 * 1024)))
    expect(tryInput(greedy, Buffer.alloc(1))).toMatchObject({ kind: 'allocation' })
  })
})
