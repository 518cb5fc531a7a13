import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A certificate that signed itself, and its key, in PEM. */
export type TestCertificate = Readonly<{ cert: string; key: string }>

/** Makes a certificate for a name by the system's openssl, valid for so many days from now. */
export function selfSigned(name: string, days: number): TestCertificate {
  const dir = mkdtempSync(join(tmpdir(), 'firedrill-cert-'))
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')]
  try {
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    const names = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`]
    execFileSync(
      'openssl',
      ['req', '-x509', ...curve, ...names, '-days', String(days), '-keyout', key, '-out', cert],
      { stdio: 'pipe' },
    )
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
  } finally {
    rmSync(dir, { recursive: true })
  }
}
