import { describe, expect, it } from 'vitest'
import { networkOf } from '../lib/address-list.ts'
import { LoginLimiter } from './login-limiter.ts'

let now = 0
const limiter = () => new LoginLimiter(() => now)
const isLetTry = (one: LoginLimiter, address: string, name: string) => {
  try {
    one.check(address, name)
    one.began(address, name)
    return true
  } catch (error) {
    expect(error).toMatchObject({ code: 'too_many_logins' })
    return false
  }
}

describe('tries to log in', () => {
  it('are five from an address, then one in twelve seconds', () => {
    const one = limiter()
    const tries = Array.from({ length: 1000 }, (_, index) => isLetTry(one, '10.0.0.1', `name${index}`))
    expect(tries.filter(Boolean)).toHaveLength(5)
    expect(isLetTry(one, '10.0.0.2', 'ana')).toBe(true)
    now += 12_000
    expect(isLetTry(one, '10.0.0.1', 'ana')).toBe(true)
    expect(isLetTry(one, '10.0.0.1', 'ana')).toBe(false)
  })

  it('do not count when they were right', () => {
    const one = limiter()
    for (let count = 0; count < 100; count++) {
      expect(isLetTry(one, '10.0.0.1', 'ana')).toBe(true)
      one.succeeded('10.0.0.1', 'ana')
    }
  })

  it('for one name from a thousand addresses are bounded, and do not keep out whoever has been in from theirs', () => {
    const one = limiter()
    one.succeeded('10.0.0.7', 'ana')
    const tries = Array.from({ length: 1000 }, (_, index) => isLetTry(one, `10.1.${index >> 8}.${index & 255}`, 'ana'))
    expect(tries.filter(Boolean)).toHaveLength(20)
    expect(isLetTry(one, '10.0.0.7', 'ana')).toBe(true)
    expect(isLetTry(one, '10.0.0.8', 'eva')).toBe(true)
  })

  it('are remembered in bounded memory', () => {
    const one = limiter()
    for (let index = 0; index < 50_000; index++) one.began(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`, `n${index}`)
    expect(one.size).toBeLessThanOrEqual(20_000)
  })

  it('from one IPv6 network count as one', () => {
    expect(networkOf('2001:db8::1')).toBe(networkOf('2001:db8:0:0:ffff:1:2:3'))
    expect(networkOf('2001:db8:0:1::1')).not.toBe(networkOf('2001:db8::1'))
    expect(networkOf('::ffff:10.0.0.1')).toBe('10.0.0.1')
  })
})
