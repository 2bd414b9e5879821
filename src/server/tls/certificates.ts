import { X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { hostname, networkInterfaces } from 'node:os'
import { createSecureContext } from 'node:tls'
import { AtalayaError } from '../../api/errors.ts'
import type { CertificateFiles, SelfSigned, TlsConfig } from '../../config/tls-config.ts'
import { replaceFile } from '../../lib/replace-file.ts'
import type { Log } from '../../telemetry/log.ts'
import { isFitting, type KeyPair, makeSelfSigned } from './self-signed.ts'

/** What certificates are taken from. */
export interface CertificatesOptions {
  readonly tls: TlsConfig
  /** Further names of this gateway, for a certificate of its own making. */
  readonly names: readonly string[]
  readonly log: Log
  readonly lookEveryMs?: number
}

/**
 * The certificate that the gateway shows. It looks for another one every few seconds, so that whoever renews it has nothing to tell the
 * gateway; one that cannot be used is reported, and the former stays.
 */
export class Certificates implements Disposable {
  readonly #options: CertificatesOptions
  #pair: KeyPair
  #mark: string
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined

  /** @throws {AtalayaError} `bad_certificate` */
  static async open(options: CertificatesOptions): Promise<Certificates> {
    const { tls, log } = options
    const mark = await markOf(tls)
    const pair = tls.kind === 'files' ? await readPair(tls) : await ownPair(tls, options.names, log)
    return new Certificates(options, pair, mark)
  }

  private constructor(options: CertificatesOptions, pair: KeyPair, mark: string) {
    this.#options = options
    this.#pair = pair
    this.#mark = mark
  }

  /** What is shown now, as `tls.createServer` wants it. */
  get current(): { readonly cert: string; readonly key: string } {
    return { cert: this.#pair.certificate, key: this.#pair.key }
  }

  /** Browsers are told to come by TLS only. */
  get isStrict(): boolean {
    const { tls } = this.#options
    return tls.kind === 'files' && tls.hsts
  }

  /** Begins to look for another certificate; `onChange` is told of each that can be used. */
  follow(onChange: (pair: Certificates['current']) => void): void {
    const { lookEveryMs = LOOK_EVERY_MS } = this.#options
    this.#timer = setInterval(() => {
      this.#looking ??= this.#look(onChange).finally(() => {
        this.#looking = undefined
      })
    }, lookEveryMs).unref()
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  async #look(onChange: (pair: Certificates['current']) => void): Promise<void> {
    const { tls, log } = this.#options
    if (tls.kind !== 'files') return
    const mark = await markOf(tls)
    if (mark === this.#mark) return
    this.#mark = mark
    try {
      this.#pair = await readPair(tls)
      onChange(this.current)
      log.info({ file: tls.certificate, until: untilOf(this.#pair) }, 'another certificate is shown from now on')
    } catch (error) {
      log.error({ err: error }, 'the new certificate cannot be used: the former one is still shown')
    }
  }
}

/** Changes with the files; the empty places of one that is missing are found when it is read. */
async function markOf(tls: TlsConfig): Promise<string> {
  if (tls.kind !== 'files') return ''
  const marks = await Promise.all([tls.certificate, tls.key].map((file) => stat(file).catch(() => undefined)))
  return marks.map((found) => [found?.mtimeMs, found?.ctimeMs, found?.size, found?.ino].join(' ')).join('\n')
}

async function readPair({ certificate, key }: CertificateFiles): Promise<KeyPair> {
  const pair = { certificate: await readPem(certificate), key: await readPem(key) }
  try {
    createSecureContext({ cert: pair.certificate, key: pair.key })
  } catch (cause) {
    throw badCertificate(
      `${certificate} and ${key} are no certificate with its private key, both PEM (${reasonOf(cause)}).`,
      cause,
    )
  }
  return pair
}

async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw badCertificate(`${file} cannot be read (${reasonOf(cause)}).`, cause)
  }
}

function reasonOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? 'unknown reason'
}

function badCertificate(message: string, cause: unknown): AtalayaError {
  return new AtalayaError('bad_certificate', message, { cause })
}

/** The one of before, while it fits: browsers have to be told of another one. */
async function ownPair({ file }: SelfSigned, further: readonly string[], log: Log): Promise<KeyPair> {
  const names = ownNames(further)
  const former = file === undefined ? undefined : await readOwnPair(file)
  if (former && isFitting(former.certificate, names)) return former
  const pair = makeSelfSigned(names)
  log.info({ names, fingerprint: new X509Certificate(pair.certificate).fingerprint256 }, 'made a certificate of its own')
  if (file !== undefined) await replaceFile(file, pair.key + pair.certificate)
  return pair
}

async function readOwnPair(file: string): Promise<KeyPair | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw badCertificate(`${file} cannot be read (${error.code}).`, error)
    return ''
  })
  const [key, certificate] = text.match(/-----BEGIN [\s\S]*?-----END [A-Z ]+-----\n/g) ?? []
  return key && certificate ? { certificate, key } : undefined
}

function ownNames(further: readonly string[]): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found?.map(({ address }) => address) ?? [])
  const plain = addresses.filter((address) => !address.startsWith('fe80:'))
  return [...new Set(['localhost', hostname().toLowerCase(), ...further, '127.0.0.1', '::1', ...plain])]
}

function untilOf({ certificate }: KeyPair): string {
  return new X509Certificate(certificate).validTo
}

const LOOK_EVERY_MS = 5000
