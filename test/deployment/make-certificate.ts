import { spawnSync } from 'node:child_process'

/** A certificate that signs itself, and its key, both PEM. */
export function makeCertificate(): { certificate: string; key: string } {
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const { stdout } = spawnSync('openssl', [...args, '-subj', '/CN=cams.example.org', '-keyout', '-'], { encoding: 'utf8' })
  const [key = '', certificate = ''] = stdout.match(/-----BEGIN [\s\S]*?-----END [A-Z ]+-----\n/g) ?? []
  return { certificate, key }
}
