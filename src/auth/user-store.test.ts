import { mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openTestAccess, type TestAccess, testUser } from '../../test/fakes/users.ts'
import { Secret } from '../lib/secret.ts'
import { SteadyClock } from './steady-clock.ts'
import { changeUserFile, readUserFile } from './user-file.ts'

let open: TestAccess | undefined
afterEach(() => open?.close())

describe('the file of users', () => {
  it('is readable by its owner only, and whole while many write it', async () => {
    open = await openTestAccess({ users: {} })
    const { file } = open
    const names = Array.from({ length: 20 }, (_, index) => `user${index}`)
    await Promise.all(
      names.map((name) => changeUserFile(file, (data) => ({ ...data, users: { ...data.users, [name]: testUser('viewer') } }))),
    )
    expect(Object.keys((await readUserFile(file))?.users ?? {}).toSorted()).toEqual(names.toSorted())
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it('is looked at every second', async () => {
    open = await openTestAccess({ users: {} })
    await changeUserFile(open.file, (data) => ({ ...data, users: { ana: testUser('viewer') } }))
    await vi.waitFor(() => expect(Object.keys(open?.access.store.data?.users ?? {})).toEqual(['ana']), { timeout: 10_000 })
  })

  it.each([
    ['is no JSON', '{'],
    ['has a strange form', '{"version":1,"users":[]}'],
    ['has a hash that cannot be one', '{"version":1,"users":{"ana":{"password":"secret7word"}}}'],
  ])(
    'that %s keeps everybody out, says why without repeating it, and lets them in again when it is right',
    async (_what, text) => {
      const error = vi.fn()
      const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error, child: () => log }
      open = await openTestAccess({ users: { ana: testUser('admin') } }, { log })
      const { access, file } = open
      const former = await readUserFile(file)
      await writeFile(file, text)
      await access.store.refresh()
      await access.store.refresh()
      expect(error).toHaveBeenCalledTimes(1)
      expect(JSON.stringify(error.mock.calls)).not.toContain('secret7word')
      await expect(access.logIn('ana', new Secret('x'), '10.0.0.1')).rejects.toMatchObject({ code: 'auth_unavailable' })
      await writeFile(file, JSON.stringify(former))
      await access.store.refresh()
      await expect(access.logIn('ana', new Secret('x'), '10.0.0.1')).rejects.toMatchObject({ code: 'bad_login' })
    },
  )

  it('that is gone keeps everybody out too', async () => {
    open = await openTestAccess({ users: { ana: testUser('admin') } })
    await rm(open.file)
    await open.access.store.refresh()
    expect(open.access.isOpen).toBe(false)
    expect(open.access.store.fault).toMatchObject({ code: 'auth_unavailable' })
  })

  it('that cannot be read keeps the gateway from starting', async () => {
    open = await openTestAccess({ users: {} })
    await rm(open.file)
    await mkdir(open.file)
    await expect(open.access.start()).rejects.toMatchObject({ code: 'auth_unavailable' })
  })
})

describe('a clock that jumps', () => {
  it('back makes nothing valid again that has expired', () => {
    let [wall, monotonic] = [1_000_000_000, 0]
    const warn = vi.fn()
    const log = { debug: vi.fn(), info: vi.fn(), warn, error: vi.fn(), child: () => log }
    const clock = new SteadyClock(
      log,
      () => wall,
      () => monotonic,
    )
    expect(clock.now()).toBe(1_000_000_000)
    wall -= 86_400_000
    monotonic += 5000
    expect(clock.now()).toBe(1_000_005_000)
    expect(clock.now()).toBe(1_000_005_000)
    expect(warn).toHaveBeenCalledTimes(1)
    wall += 2 * 86_400_000
    expect(clock.now()).toBe(wall)
  })
})
