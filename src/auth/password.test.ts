import { describe, expect, it } from 'vitest'
import { testUser } from '../../test/fakes/users.ts'
import { Secret } from '../lib/secret.ts'
import { hashPassword, passwordFault, verifyPassword } from './password.ts'

const secret = (text: string) => new Secret(text)

describe('passwords', () => {
  it('are kept as salted scrypt, verified, and never two times alike', async () => {
    const [one, two] = await Promise.all([hashPassword(secret('correct horse ñ')), hashPassword(secret('correct horse ñ'))])
    expect(one).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[\w-]{22}\$[\w-]{43}$/)
    expect(one).not.toBe(two)
    expect(await verifyPassword(secret('correct horse ñ'), one)).toBe(true)
    expect(await verifyPassword(secret('correct horse n'), one)).toBe(false)
  })

  it('cost the same work for a user who does not exist', async () => {
    const before = process.cpuUsage()
    expect(await verifyPassword(secret('whatever it is'), undefined)).toBe(false)
    const { user, system } = process.cpuUsage(before)
    expect(user + system).toBeGreaterThan(20_000)
  })

  it('are looked at two at a time, with sixteen waiting and no more', async () => {
    const cheap = testUser('viewer').password
    const tries = Array.from({ length: 24 }, () => verifyPassword(secret('x'), cheap).catch((error) => error.code))
    const results = await Promise.all(tries)
    expect(results.filter((result) => result === 'too_many_logins')).toHaveLength(6)
    expect(results.filter((result) => result === false)).toHaveLength(18)
  })

  it.each([
    ['short', 'at least 12'],
    ['x'.repeat(300), 'at most 256'],
    ['aaaaaaaaaaaaaaa', 'repeats'],
    ['administrator1', 'hardly more'],
  ])('that are easily guessed are refused: %s', (password, why) => {
    expect(passwordFault(secret(password), 'administrator')).toContain(why)
  })

  it('of any script will do', () => {
    expect(passwordFault(secret('пароль для башни'), 'ana')).toBeUndefined()
    expect(passwordFault(secret('🦊🐻🐼🦁🐯🐨🐸🐵🐔🐧🐦🐤'), 'ana')).toBeUndefined()
  })
})
