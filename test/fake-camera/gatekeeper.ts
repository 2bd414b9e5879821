import { createHash, randomBytes } from 'node:crypto'

/** Who may watch a fake camera, and how they have to say so. */
export interface Gate {
  readonly user: string
  readonly password: string
  /** `several`: Digest with SHA-256 and MD5, Basic, and two ways that nobody knows. */
  readonly auth: 'basic' | 'digest' | 'several'
  /** Of Digest; MD5 unless given. Of `several`: the only one that is accepted. */
  readonly algorithm?: 'MD5' | 'SHA-256'
  /** Whether Digest offers `qop=auth`. */
  readonly qop?: boolean
  /** A nonce is stale after so many requests. */
  readonly nonceUses?: number
  /** A stale nonce is refused without saying that it is stale. */
  readonly hidesStale?: boolean
}

/** Checks the `Authorization` of requests. */
export class Gatekeeper {
  readonly #gate: Gate
  #nonce = randomBytes(12).toString('hex')
  #uses = 0
  #lastCount = 0
  #refused = 0

  constructor(gate: Gate) {
    this.#gate = gate
  }

  /** Wrong logins so far. */
  get refused(): number {
    return this.#refused
  }

  /** Undefined when the request may pass, else the `WWW-Authenticate` values of the 401. */
  check(method: string, uri: string, authorization: string | undefined): string[] | undefined {
    const { auth, user, password, nonceUses = Number.POSITIVE_INFINITY } = this.#gate
    if (!authorization) return this.#challenges(false)
    if (auth === 'basic') {
      const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
      return authorization === expected ? undefined : this.#refuse(false)
    }
    const given = Object.fromEntries(
      [...authorization.matchAll(/(\w+)="?([^",]*)"?/g)].map(([, name = '', value = '']) => [name, value]),
    )
    const right = given['uri'] === uri && given['response'] === this.#expected(method, uri, given)
    if (!right) return this.#refuse(false)
    if (given['nonce'] !== this.#nonce || this.#uses++ >= nonceUses) return this.#challenges(true)
    const count = Number.parseInt(given['nc'] ?? '0', 16)
    // A count that was used before is a replay.
    if (this.#gate.qop && count <= this.#lastCount) return this.#refuse(false)
    this.#lastCount = count
    return undefined
  }

  #refuse(stale: boolean): string[] {
    this.#refused++
    return this.#challenges(stale)
  }

  #challenges(stale: boolean): string[] {
    const { auth, algorithm, qop, hidesStale = false } = this.#gate
    if (auth === 'basic') return [BASIC]
    this.#nonce = randomBytes(12).toString('hex')
    this.#uses = 0
    this.#lastCount = 0
    const digest = (name: string | undefined) =>
      [
        `Digest realm="fake camera", nonce="${this.#nonce}"`,
        ...(name ? [`algorithm=${name}`] : []),
        ...(qop ? ['qop="auth,auth-int"'] : []),
        ...(stale && !hidesStale ? ['stale=TRUE'] : []),
      ].join(', ')
    if (auth === 'digest') return [digest(algorithm)]
    return [BASIC, 'Bearer realm="fake camera"', digest('SHA-512-256'), digest('MD5'), digest('SHA-256')]
  }

  #expected(method: string, uri: string, given: Record<string, string>): string {
    const hash = (text: string) =>
      createHash(this.#gate.algorithm === 'SHA-256' ? 'sha256' : 'md5')
        .update(text)
        .digest('hex')
    const who = hash(`${this.#gate.user}:fake camera:${this.#gate.password}`)
    const middle = this.#gate.qop ? `${given['nc']}:${given['cnonce']}:auth:` : ''
    return hash(`${who}:${given['nonce']}:${middle}${hash(`${method}:${uri}`)}`)
  }
}

const BASIC = 'Basic realm="fake camera"'
