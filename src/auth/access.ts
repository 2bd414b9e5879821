import type { IncomingHttpHeaders } from 'node:http'
import { AtalayaError } from '../api/errors.ts'
import type { AuthConfig } from '../config/auth-config.ts'
import type { Config } from '../config/config.ts'
import { AddressList } from '../lib/address-list.ts'
import { Secret } from '../lib/secret.ts'
import type { Log } from '../telemetry/log.ts'
import { EVERYBODY, type Subject } from './authorize.ts'
import { BasicLogins } from './basic-logins.ts'
import { roleOfGroups } from './group-role.ts'
import { checkKey, keySubject } from './key-subject.ts'
import { findKey, isApiKey } from './keys.ts'
import { LoginLimiter } from './login-limiter.ts'
import { OidcLogin, type OidcPerson } from './oidc-login.ts'
import { verifyPassword } from './password.ts'
import { proxySubject } from './proxy-subject.ts'
import { Sessions } from './sessions.ts'
import { isSigned, signAddress, signedTarget, verifyAddress } from './signed-address.ts'
import { signedSubject } from './signed-subject.ts'
import { SteadyClock } from './steady-clock.ts'
import { findUser } from './user-file.ts'
import { UserStore } from './user-store.ts'
import { tagOf, userSubject } from './user-subject.ts'

/** What is known of a request before anybody looks at what it wants. */
export interface Caller {
  readonly method: string
  /** Inside the gateway, as it was sent, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** The other end of the connection. */
  readonly peer: string
  /** Who asks, by the word of a trusted proxy where there is one. */
  readonly address: string
  /** The session of the cookie, if one was sent. */
  readonly session: Secret | undefined
}

/** What access is decided by. */
export interface AccessOptions {
  /** What is in force, at each look. */
  readonly config: Pick<Config, 'auth' | 'usersFile' | 'trustedProxies'>
  readonly log: Log
}

/** Finds out who asks. It says nothing about what they may do: that is `authorize()`. */
export class Access implements Disposable {
  readonly store: UserStore
  readonly sessions = new Sessions()
  readonly limiter = new LoginLimiter()
  readonly clock: SteadyClock
  readonly #options: AccessOptions
  /** Logins at an identity provider. */
  readonly oidc: OidcLogin
  readonly #basic = new BasicLogins()
  readonly #proxies: AddressList
  #viewers: { readonly networks: readonly string[]; readonly list: AddressList } | undefined

  constructor(options: AccessOptions) {
    this.#options = options
    this.store = new UserStore(options.config.usersFile, options.log)
    this.clock = new SteadyClock(options.log)
    this.oidc = new OidcLogin(() => this.#auth?.oidc, options.log)
    this.#proxies = new AddressList(options.config.trustedProxies)
  }

  /**
   * Reads the users, and follows their file from now on.
   * @throws {AtalayaError} `auth_unavailable`
   */
  async start(): Promise<void> {
    await this.store.start()
    if (this.store.fault && this.#options.config.auth !== 'none') throw this.store.fault
  }

  [Symbol.dispose](): void {
    this.store[Symbol.dispose]()
  }

  /** Nobody has to log in. */
  get isOpen(): boolean {
    const { auth } = this.#options.config
    return auth === 'none' || (auth === undefined && !this.store.data && !this.store.fault)
  }

  /** Old clients may send a name and a password with each request. */
  get takesBasic(): boolean {
    return this.#auth?.basic ?? false
  }

  /**
   * Who asks; undefined: somebody who is nobody.
   * @throws {AtalayaError} when what was brought to prove it is wrong: `bad_key`, `bad_login`, `bad_signature`, `link_expired`,
   * `key_in_address`, `too_many_logins`; `auth_unavailable` when nobody can be let in
   */
  async identify(caller: Caller): Promise<Subject | undefined> {
    if (this.isOpen) return EVERYBODY
    if (this.store.fault) throw new AtalayaError('auth_unavailable')
    if ([...caller.query.values()].some(isApiKey)) throw new AtalayaError('key_in_address')
    const { data } = this.store
    try {
      return await this.#find(caller)
    } catch (error) {
      // A key that was made a moment ago may not have been read yet.
      await this.store.refresh()
      if (this.store.data === data || !(error instanceof AtalayaError) || error.code !== 'bad_key') throw error
      return this.#find(caller)
    }
  }

  /**
   * Checks a name and a password, and begins a session.
   * @throws {AtalayaError} `bad_login`, `too_many_logins`, `auth_unavailable`
   */
  async logIn(name: string, password: Secret, address: string): Promise<Secret> {
    await this.store.refresh()
    if (this.store.fault) throw new AtalayaError('auth_unavailable')
    await this.#checkPassword(name, password, address)
    return this.begin(name)
  }

  /** Begins a session of a user who has proved to be one. */
  begin(name: string): Secret {
    const user = findUser(this.store.data, name)
    if (!user) throw new AtalayaError('bad_login')
    return this.sessions.begin(name, tagOf(user))
  }

  /**
   * Begins a session of somebody whom the identity provider has named.
   * @throws {AtalayaError} `forbidden` for those whose groups have no role here
   */
  beginForPerson({ name, groups }: Pick<OidcPerson, 'name' | 'groups'>): Secret {
    const { oidc } = this.#auth ?? {}
    if (!oidc || !roleOfGroups(groups, oidc)) throw new AtalayaError('forbidden', 'None of your groups may see anything here.')
    return this.sessions.begin(name, '', groups)
  }

  /**
   * Signs an address for somebody else to open, with no more than the subject's own rights to watch.
   * @throws {AtalayaError} `bad_parameter`, `auth_unavailable`, `forbidden` for those who have no name here to answer for it
   */
  sign(subject: Subject, address: string, forMs: number): { address: string; expires: Date } {
    const key = this.store.data?.signingKey
    if (key === undefined || this.store.fault) throw new AtalayaError('auth_unavailable', NO_KEY)
    if (subject.signer === undefined) throw new AtalayaError('forbidden', NO_SIGNER)
    const now = this.clock.now()
    return { address: signAddress(address, { key, by: subject.signer, now, forMs }), expires: new Date(now + forMs) }
  }

  get #auth(): AuthConfig | undefined {
    const { auth } = this.#options.config
    return auth === 'none' ? undefined : auth
  }

  async #find(caller: Caller): Promise<Subject | undefined> {
    return (
      (await this.#byHeader(caller)) ??
      this.#bySignature(caller) ??
      this.#byEmbedKey(caller) ??
      this.#byProxy(caller) ??
      this.#bySession(caller) ??
      this.#byNetwork(caller)
    )
  }

  async #byHeader(caller: Caller): Promise<Subject | undefined> {
    const { authorization } = caller.headers
    const [, scheme = '', value = ''] = /^(\w+) +(.+)$/.exec(authorization ?? '') ?? []
    if (/^bearer$/i.test(scheme)) return this.#byKey(new Secret(value.trim()), caller)
    if (!/^basic$/i.test(scheme) || !this.takesBasic) return undefined
    const [, name, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(value, 'base64').toString('utf8')) ?? []
    if (name === undefined || password === undefined) throw new AtalayaError('bad_login')
    return this.#byPassword(name, new Secret(password), caller)
  }

  #byKey(key: Secret, caller: Caller): Subject {
    const found = this.store.data && findKey(this.store.data, 'api', key)
    if (!found) throw new AtalayaError('bad_key')
    checkKey(found.entry, caller, this.clock)
    return keySubject(found.id, found.entry, { way: 'key', store: this.store, clock: this.clock })
  }

  async #byPassword(name: string, password: Secret, caller: Caller): Promise<Subject> {
    const user = findUser(this.store.data, name)
    // A password takes a tenth of a second and more, which a client that asks for a picture a second must not cost each time.
    if (!user || !this.#basic.knows(name, password, tagOf(user))) {
      await this.#checkPassword(name, password, caller.address)
      if (user) this.#basic.remember(name, password, tagOf(user))
    }
    const subject = user && userSubject(name, user, { way: 'basic', store: this.store })
    if (!subject) throw new AtalayaError('bad_login')
    return subject
  }

  async #checkPassword(name: string, password: Secret, address: string): Promise<void> {
    this.limiter.check(address, name)
    const user = findUser(this.store.data, name)
    this.limiter.began(address, name)
    if (await verifyPassword(password, user?.password)) {
      this.limiter.succeeded(address, name)
      return
    }
    this.#options.log.warn({ address, user: user ? name : '(unknown)' }, 'a wrong password')
    throw new AtalayaError('bad_login')
  }

  #bySignature({ method, path, query }: Caller): Subject | undefined {
    if (!isSigned(query)) return undefined
    const { data } = this.store
    const target = signedTarget(path)
    if (!data || !target || (method !== 'GET' && method !== 'HEAD')) throw new AtalayaError('bad_signature')
    const { by } = verifyAddress(path, query, data.signingKey, this.clock.now())
    return signedSubject(by, target, { store: this.store, clock: this.clock })
  }

  #byEmbedKey(caller: Caller): Subject | undefined {
    const given = caller.query.get('embed')
    if (given === null) return undefined
    const found = this.store.data && findKey(this.store.data, 'embed', new Secret(given))
    if (!found) throw new AtalayaError('bad_key')
    checkKey(found.entry, caller, this.clock)
    return keySubject(found.id, found.entry, { way: 'embed', store: this.store, clock: this.clock })
  }

  #byProxy({ headers, peer }: Caller): Subject | undefined {
    const proxy = this.#auth?.proxy
    return proxy && this.#proxies.has(peer) ? proxySubject(headers, proxy, this.store) : undefined
  }

  #bySession({ session }: Caller): Subject | undefined {
    const found = session && this.sessions.find(session)
    if (session && found?.groups) return this.#ofPerson(session, found.user, found.groups)
    const user = found && findUser(this.store.data, found.user)
    if (!session || !found || !user || tagOf(user) !== found.tag) return undefined
    const { rights, ...subject } = userSubject(found.user, user, { way: 'session', store: this.store })
    return { ...subject, rights: () => (this.sessions.find(session) ? rights() : undefined) }
  }

  /** The roles of their groups are looked up again and again; the groups are those of the login. */
  #ofPerson(session: Secret, name: string, groups: readonly string[]): Subject {
    const rights = () => {
      const { oidc } = this.#auth ?? {}
      return oidc && this.sessions.find(session) ? roleOfGroups(groups, oidc) : undefined
    }
    return { way: 'session', name, signer: undefined, rights }
  }

  #byNetwork({ address, peer, headers }: Caller): Subject | undefined {
    if (!this.#viewersList().has(address)) return undefined
    // A proxy that we do not know passes on people from anywhere; its own address says nothing about them.
    const isPassedOn = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined
    if (isPassedOn && !this.#proxies.has(peer)) return undefined
    const rights = () => (this.#viewersList().has(address) ? ({ role: 'viewer' } as const) : undefined)
    return { way: 'network', name: address, signer: undefined, rights }
  }

  /** Made anew when another configuration is in force. */
  #viewersList(): AddressList {
    const networks = this.#auth?.viewers ?? NO_NETWORKS
    if (this.#viewers?.networks !== networks) this.#viewers = { networks, list: new AddressList(networks) }
    return this.#viewers.list
  }
}

const NO_NETWORKS: readonly string[] = []
const NO_KEY = 'Nothing can be signed here: there are no users yet. Begin with: atalaya setup'
const NO_SIGNER = 'Only users and keys can sign addresses; those that are signed end with them.'
