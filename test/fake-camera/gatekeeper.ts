import { createHash, randomBytes } from 'node:crypto'

/** Who may watch a fake camera, and how they have to say so. */
export interface Gate {
  readonly user: string
  readonly password: string
  readonly auth: 'basic' | 'digest'
  /** Of Digest; MD5 unless given. */
  readonly algorithm?: 'MD5' | 'SHA-256'
  /** Whether Digest offers `qop=auth`. */
  readonly qop?: boolean
  /** A nonce is stale after so many requests. */
  readonly nonceUses?: number
}

/** Checks the `Authorization` of one connection's requests. */
export class Gatekeeper {
  readonly #gate: Gate
  #nonce = randomBytes(12).toString('hex')
  #uses = 0

  constructor(gate: Gate) {
    this.#gate = gate
  }

  /** Undefined when the request may pass, else the `WWW-Authenticate` value of the 401. */
  check(method: string, uri: string, authorization: string | undefined): string | undefined {
    const { auth, user, password } = this.#gate
    if (auth === 'basic') {
      const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
      return authorization === expected ? undefined : 'Basic realm="fake camera"'
    }
    if (!authorization) return this.#challenge(false)
    const given = Object.fromEntries(
      [...authorization.matchAll(/(\w+)="?([^",]*)"?/g)].map(([, name = '', value = '']) => [name, value]),
    )
    const right = given['uri'] === uri && given['response'] === this.#expected(method, uri, given)
    if (right && given['nonce'] === this.#nonce && this.#uses++ < (this.#gate.nonceUses ?? Number.POSITIVE_INFINITY))
      return undefined
    return this.#challenge(right)
  }

  #challenge(stale: boolean): string {
    this.#nonce = randomBytes(12).toString('hex')
    this.#uses = 0
    const { algorithm, qop } = this.#gate
    return [
      `Digest realm="fake camera", nonce="${this.#nonce}"`,
      ...(algorithm ? [`algorithm=${algorithm}`] : []),
      ...(qop ? ['qop="auth,auth-int"'] : []),
      ...(stale ? ['stale=TRUE'] : []),
    ].join(', ')
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
