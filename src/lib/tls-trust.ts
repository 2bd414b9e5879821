import type { PeerCertificate } from 'node:tls'

/** How the certificate of a camera is checked. */
export interface TlsTrust {
  /** False: any certificate is taken, so that whoever sits between can pose as the camera. */
  readonly verify: boolean
  /** SHA-256 of the one certificate that is taken, in hexadecimal digits with or without colons; it need not be verifiable otherwise. */
  readonly fingerprint?: string | undefined
}

export const FULL_TRUST_CHECK: TlsTrust = { verify: true }

/** Options for `tls.connect` and `https.request`; the fingerprint is to be checked with {@link matchesFingerprint} afterwards. */
export function tlsOptions({ verify, fingerprint }: TlsTrust): { rejectUnauthorized: boolean } {
  return { rejectUnauthorized: verify && fingerprint === undefined }
}

/** Whether it is the certificate that was configured; true where none was. */
export function matchesFingerprint({ fingerprint }: TlsTrust, certificate: Pick<PeerCertificate, 'fingerprint256'>): boolean {
  if (fingerprint === undefined) return true
  const plain = (text: string) => text.replaceAll(/[^0-9a-f]/gi, '').toLowerCase()
  return plain(fingerprint) === plain(certificate.fingerprint256 ?? '')
}
