import { describe, expect, it } from 'vitest'
import { LONGEST_SIGNATURE_MS, signAddress, signedTarget, verifyAddress } from './signed-address.ts'

const KEY = 'k'.repeat(43)
const NOW = 1_800_000_000_000
const sign = (address: string) => signAddress(address, { key: KEY, by: 'cli', now: NOW, forMs: 300_000 })
const verify = (address: string, now = NOW, key = KEY) => {
  const [path = '', query = ''] = address.split('?', 2)
  try {
    return verifyAddress(path, new URLSearchParams(query), key, now).by
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('a signed address', () => {
  it('opens what it was signed for, until it expires', () => {
    const address = sign('/camera/1/snapshot?width=640&a=1&a=2')
    expect(verify(address)).toBe('cli')
    expect(verify(address, NOW + 299_000)).toBe('cli')
    expect(verify(address, NOW + 300_000)).toBe('link_expired')
  })

  it('is void before it was made: a clock is wrong, here or there', () => {
    expect(verify(sign('/camera/1'), NOW - 3_600_000)).toBe('link_expired')
  })

  it.each([
    ['another camera', (address: string) => address.replace('/camera/1', '/camera/2')],
    ['another path', (address: string) => address.replace('/snapshot', '')],
    ['a parameter more', (address: string) => `${address}&quality=100`],
    ['a parameter less', (address: string) => address.replace('width=640&', '')],
    ['a parameter changed', (address: string) => address.replace('width=640', 'width=64')],
    ['parameters of one name in another order', (address: string) => address.replace('a=1&a=2', 'a=2&a=1')],
    ['a later end', (address: string) => address.replace(/expires=\d+/, 'expires=9999999999')],
    ['another signer', (address: string) => address.replace('by=cli', 'by=ana')],
    ['half a signature', (address: string) => address.slice(0, -20)],
    ['no signature', (address: string) => address.replace(/signature=.*/, 'signature=')],
    ['two signatures', (address: string) => `${address}&signature=x`],
    ['an endless signature', (address: string) => `${address}${'x'.repeat(10_000)}`],
  ])('does not open %s', (_what, change) => {
    expect(verify(change(sign('/camera/1/snapshot?width=640&a=1&a=2')))).toBe('bad_signature')
  })

  it('does not open another gateway', () => {
    expect(verify(sign('/camera/1'), NOW, 'j'.repeat(43))).toBe('bad_signature')
  })

  it('is for cameras only, and for a stop', () => {
    expect(signedTarget('/camera/hall.2/whep')).toEqual({ camera: 'hall.2', action: 'watch' })
    expect(signedTarget('/stop/1')).toEqual({ camera: '1', action: 'operate' })
    for (const path of ['/status', '/api/cameras/1', '/camera/1/../2', '/camera/', '/camera/a%2fb', '//camera/1', '/stop/1/x'])
      expect(signedTarget(path)).toBeUndefined()
    expect(() => sign('/status')).toThrow('Only /camera/{id}')
    expect(() => sign(sign('/camera/1'))).toThrow('once')
    expect(LONGEST_SIGNATURE_MS).toBe(604_800_000)
  })
})
