import { randomBytes, scryptSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Access, type AccessOptions } from '../../src/auth/access.ts'
import type { Role } from '../../src/auth/authorize.ts'
import { makeKey } from '../../src/auth/keys.ts'
import { changeUserFile, emptyUserData, type KeyEntry, type UserData, type UserEntry } from '../../src/auth/user-file.ts'
import type { AuthConfig } from '../../src/config/auth-config.ts'
import { SILENT_LOG } from '../../src/telemetry/log.ts'

/** The password of every user here. */
export const PASSWORD = 'correct horse battery'

/** Nothing beside users. */
export const USERS_ONLY: AuthConfig = { viewers: [], users: undefined, basic: false, proxy: undefined, oidc: undefined }

/** A user whose password costs nothing to check. */
export function testUser(role: Role, cameras: readonly string[] | null = null): UserEntry {
  const salt = randomBytes(16)
  const hash = scryptSync(PASSWORD, salt, 32, { N: 16, r: 1, p: 1 })
  return {
    id: randomBytes(6).toString('hex'),
    role,
    cameras,
    password: `$scrypt$ln=4,r=1,p=1$${salt.toString('base64url')}$${hash.toString('base64url')}`,
    created: '2026-01-01T00:00:00.000Z',
  }
}

/** A key, and what is to be kept of it. */
export function testKey(entry: Partial<KeyEntry> = {}): { id: string; key: string; entry: KeyEntry } {
  const kind = entry.kind ?? 'api'
  const { id, key, hash } = makeKey(kind)
  const plain = { name: 'test', role: 'viewer', cameras: null, expires: null, networks: [], origins: [] } as const
  return { id, key: key.reveal(), entry: { ...plain, created: '2026-01-01T00:00:00.000Z', ...entry, kind, hash } }
}

/** Access by a real file of users in a folder of its own. */
export interface TestAccess {
  readonly access: Access
  readonly file: string
  /** Changes the file as the command line does, and waits until the gateway has read it. */
  change(change: (data: UserData) => UserData): Promise<void>
  close(): Promise<void>
}

export async function openTestAccess(
  data: Partial<UserData> | undefined,
  { log = SILENT_LOG, ...config }: Partial<AccessOptions['config'] & Pick<AccessOptions, 'log'>> = {},
): Promise<TestAccess> {
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-users-'))
  const file = join(folder, 'atalaya.users.json')
  if (data) await writeFile(file, JSON.stringify({ ...emptyUserData(), ...data }), { mode: 0o600 })
  const access = new Access({ config: { auth: undefined, usersFile: file, trustedProxies: [], ...config }, log })
  await access.start()
  return {
    access,
    file,
    change: async (change) => {
      await changeUserFile(file, change)
      await access.store.refresh()
    },
    close: async () => {
      access[Symbol.dispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
