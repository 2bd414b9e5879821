import { describe, expect, it } from 'vitest'
import { authorize, type Rights, type Subject } from './authorize.ts'

const subject = (rights: Rights | undefined): Subject => ({
  way: 'session',
  name: 'ana',
  signer: undefined,
  rights: () => rights,
})

describe('the one rule', () => {
  it.each([
    ['pictures', ['watch']],
    ['viewer', ['watch', 'view']],
    ['operator', ['watch', 'view', 'operate']],
    ['admin', ['watch', 'view', 'operate', 'admin']],
  ] as const)('lets %s do %s, and nothing else', (role, allowed) => {
    const actions = ['watch', 'view', 'operate', 'admin'] as const
    expect(actions.filter((action) => authorize(subject({ role }), action, '1') === 'allowed')).toEqual(allowed)
  })

  it('hides other cameras from all who have a list, whatever they are', () => {
    for (const role of ['pictures', 'viewer', 'operator', 'admin'] as const) {
      const limited = subject({ role, cameras: new Set(['1']) })
      expect(authorize(limited, 'watch', '1')).toBe('allowed')
      expect(authorize(limited, 'watch', '2')).toBe('hidden')
    }
  })

  it('leaves nothing to those whose rights were taken back, but what is public', () => {
    expect(authorize(subject(undefined), 'watch', '1')).toBe('revoked')
    expect(authorize(subject(undefined), 'public')).toBe('allowed')
  })
})
