/** The file of the certificate and key that the gateway makes for itself, beside the configuration. */
export const SELF_SIGNED_FILE = 'atalaya.self-signed.pem'

/** How the gateway proves who it is. */
export type TlsConfig = CertificateFiles | SelfSigned

/** A certificate that somebody has issued. */
export interface CertificateFiles {
  readonly kind: 'files'
  /** PEM: the certificate, and those between it and the authority. */
  readonly certificate: string
  /** PEM: its private key, not encrypted. */
  readonly key: string
  /** Browsers are told to come by TLS only, for a year. */
  readonly hsts: boolean
}

/** A certificate of its own making, for a lab. */
export interface SelfSigned {
  readonly kind: 'self-signed'
  /** Where it is kept, so that browsers have to be told once only; absent: in memory. */
  readonly file: string | undefined
}
