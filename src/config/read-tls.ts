import { resolve } from 'node:path'
import type * as z from 'zod'
import type { Findings } from './findings.ts'
import type { serverTlsSchema } from './schema.ts'
import { SELF_SIGNED_FILE, type TlsConfig } from './tls-config.ts'

/** The group `tls`, whose form is checked already. */
export function readTls(tls: z.output<typeof serverTlsSchema>, findings: Findings): TlsConfig | undefined {
  const { certificate, key, hsts = true } = tls
  if (certificate === undefined) findings.problem(['tls', 'certificate'], 'is missing: the file of the certificate, in PEM')
  if (key === undefined) findings.problem(['tls', 'key'], 'is missing: the file of its private key, in PEM')
  return certificate === undefined || key === undefined ? undefined : { kind: 'files', certificate, key, hsts }
}

/** Relative paths begin at the configuration file, and what the gateway makes for itself is kept beside it. */
export function tlsInFolder(tls: TlsConfig | undefined, folder: string): TlsConfig | undefined {
  if (tls?.kind === 'files') return { ...tls, certificate: resolve(folder, tls.certificate), key: resolve(folder, tls.key) }
  return tls && { ...tls, file: resolve(folder, SELF_SIGNED_FILE) }
}
