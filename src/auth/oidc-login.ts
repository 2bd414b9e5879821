import { createHash, randomBytes } from 'node:crypto'
import type { Configuration } from 'openid-client'
import { AtalayaError } from '../api/errors.ts'
import type { OidcConfig } from '../config/auth-config.ts'
import { isLoopback } from '../config/loopback.ts'
import { Secret } from '../lib/secret.ts'
import type { Log } from '../telemetry/log.ts'

/** Somebody whom the identity provider has named. */
export interface OidcPerson {
  readonly name: string
  readonly groups: readonly string[]
  /** The path that they wanted to see. */
  readonly to: string
}

/** A login that has been sent to the provider and has not come back. */
interface Pending {
  readonly verifier: string
  readonly state: string
  readonly nonce: string
  readonly to: string
  readonly at: number
}

/**
 * Logins at an identity provider: OpenID Connect Core 1.0, the code flow with PKCE. Each is bound to the browser that began it, by a ticket in
 * a cookie. When the provider cannot be asked nobody gets in this way, and sessions that have begun go on.
 */
export class OidcLogin {
  readonly #config: () => OidcConfig | undefined
  readonly #log: Log
  readonly #pending = new Map<string, Pending>()
  #provider: { readonly of: OidcConfig; readonly at: number; readonly found: Promise<Configuration> } | undefined

  /** @param config what is in force, at each look */
  constructor(config: () => OidcConfig | undefined, log: Log) {
    this.#config = config
    this.#log = log
  }

  /** People can log in this way. */
  get isOffered(): boolean {
    return this.#config() !== undefined
  }

  /**
   * Where a browser is to be sent, and the ticket that it has to bring back.
   * @throws {AtalayaError} `not_found` where nothing is configured, `auth_unavailable`
   */
  async begin(redirect: URL, to: string): Promise<{ address: URL; ticket: Secret }> {
    const provider = await this.#discover()
    const oidc = await loadClient()
    const pending = { verifier: oidc.randomPKCECodeVerifier(), state: oidc.randomState(), nonce: oidc.randomNonce(), to }
    const address = oidc.buildAuthorizationUrl(provider, {
      redirect_uri: redirect.href,
      scope: this.#config()?.scope ?? 'openid',
      code_challenge: await oidc.calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
      state: pending.state,
      nonce: pending.nonce,
    })
    const ticket = new Secret(randomBytes(32).toString('base64url'))
    this.#remember(keyOf(ticket), { ...pending, at: performance.now() })
    return { address, ticket }
  }

  /**
   * Checks what a browser has brought back; a ticket is good for one try.
   * @param returned the whole address that the provider sent it to
   * @throws {AtalayaError} `not_found`, `bad_login`, `auth_unavailable`
   */
  async finish(returned: URL, ticket: Secret | undefined): Promise<OidcPerson> {
    const provider = await this.#discover()
    const key = ticket && keyOf(ticket)
    const pending = key === undefined ? undefined : this.#pending.get(key)
    if (key !== undefined) this.#pending.delete(key)
    if (!pending || performance.now() - pending.at > PENDING_MS) throw new AtalayaError('bad_login', STALE)
    try {
      const oidc = await loadClient()
      const tokens = await oidc.authorizationCodeGrant(provider, returned, {
        pkceCodeVerifier: pending.verifier,
        expectedState: pending.state,
        expectedNonce: pending.nonce,
        idTokenExpected: true,
      })
      const claims = tokens.claims()
      if (!claims) throw new AtalayaError('bad_login', REFUSED)
      // Many providers tell groups only to those who ask for them.
      const isWhole = claims[this.#config()?.groupsClaim ?? ''] !== undefined || !provider.serverMetadata().userinfo_endpoint
      const further = isWhole ? {} : await oidc.fetchUserInfo(provider, tokens.access_token, claims.sub)
      return { ...this.#personOf({ ...claims, ...further }), to: pending.to }
    } catch (cause) {
      throw this.#failure(cause)
    }
  }

  async #discover(): Promise<Configuration> {
    const config = this.#config()
    if (!config) throw new AtalayaError('not_found')
    const known = this.#provider
    if (known?.of === config && performance.now() - known.at < KNOWN_FOR_MS) return known.found
    const found = discover(config)
    this.#provider = { of: config, at: performance.now(), found }
    try {
      return await found
    } catch (cause) {
      this.#provider = undefined // it is asked again by the next one
      throw this.#failure(cause)
    }
  }

  #personOf(claims: Readonly<Record<string, unknown>>): Omit<OidcPerson, 'to'> {
    const { nameClaim = 'preferred_username', groupsClaim = 'groups' } = this.#config() ?? {}
    const groups = claims[groupsClaim]
    return {
      name: String(claims[nameClaim] ?? claims['email'] ?? claims['sub'] ?? '').slice(0, 100),
      groups: (Array.isArray(groups) ? groups : [groups]).filter((group) => typeof group === 'string'),
    }
  }

  /** What the provider refuses is the matter of whoever logs in; all else is that of whoever runs the gateway. */
  #failure(cause: unknown): AtalayaError {
    if (cause instanceof AtalayaError) return cause
    const isRefusal = REFUSALS.has((cause as NodeJS.ErrnoException).code ?? '')
    const code = isRefusal ? 'bad_login' : 'auth_unavailable'
    const error = new AtalayaError(code, isRefusal ? REFUSED : UNAVAILABLE, { cause })
    this.#log.error({ err: error, reason: reasonOf(cause) }, 'a login at the identity provider failed')
    return error
  }

  /** The newest stay. */
  #remember(key: string, pending: Pending): void {
    this.#pending.set(key, pending)
    const [oldest] = this.#pending.keys()
    if (this.#pending.size > MOST_PENDING && oldest !== undefined) this.#pending.delete(oldest)
  }
}

/** Loaded when somebody logs in this way, which most gateways never see. */
function loadClient() {
  return import('openid-client')
}

/** What the provider said no to (RFC 6749 sections 4.1.2.1 and 5.2). */
const REFUSALS = new Set(['OAUTH_AUTHORIZATION_RESPONSE_ERROR', 'OAUTH_RESPONSE_BODY_ERROR'])

/** RFC 8414 says https; only this very machine is asked without. */
async function discover({ issuer, clientId, clientSecret }: OidcConfig): Promise<Configuration> {
  const oidc = await loadClient()
  const url = new URL(issuer)
  const isOwn = url.protocol === 'http:' && isLoopback(url.hostname)
  const execute = [oidc.enableNonRepudiationChecks, ...(isOwn ? [oidc.allowInsecureRequests] : [])]
  return oidc.discovery(url, clientId, clientSecret.reveal(), undefined, { execute, timeout: ANSWER_WITHIN_S })
}

function reasonOf(cause: unknown): string {
  const { code, message, cause: deeper } = cause as NodeJS.ErrnoException & { cause?: { code?: string } }
  return [code, deeper?.code, message].filter(Boolean).join(', ')
}

function keyOf(ticket: Secret): string {
  return createHash('sha256').update(ticket.reveal()).digest('base64url')
}

const STALE = 'This login took too long, or was begun in another browser; begin again at /login.'
const REFUSED = 'The identity provider did not let you in.'
const UNAVAILABLE = 'The identity provider cannot be asked at the moment; the log says why.'
const PENDING_MS = 10 * 60_000
const MOST_PENDING = 1000
const KNOWN_FOR_MS = 3_600_000
const ANSWER_WITHIN_S = 5
