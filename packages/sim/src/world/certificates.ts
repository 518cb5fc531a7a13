import type { Kernel } from './kernel.ts'
import { SECOND, type Micros } from './model.ts'
import type { Table } from './store.ts'

/** What a server shows of its chain: all that it should, nothing but its own certificate, or one that nobody vouches for. */
export const CERTIFICATE_CHAINS = ['full', 'leaf-only', 'self-signed'] as const
/** One of them. */
export type CertificateChain = (typeof CERTIFICATE_CHAINS)[number]

/** What a balancer shows on its TLS port; its table key is the ARN. */
export interface Certificate {
  readonly arn: string
  readonly region: string
  /** DNS names that it is for, without trailing dot. */
  readonly names: readonly string[]
  readonly chain: CertificateChain
  readonly issuedAt: Micros
  readonly expiresAt: Micros
}

/** Changes to a certificate; what is left out stays as it is. */
export type CertificateChange = Partial<Pick<Certificate, 'names' | 'chain' | 'expiresAt'>>

/** A certificate is at least this old when it is shown, so that clocks which are a little behind accept it. */
const AGE_MIN = 3600 * SECOND

/** The certificates of the world. What is shown of them on the wire is made where connections come in. */
export class Certificates {
  readonly table: Table<Certificate>
  readonly #kernel: Kernel

  constructor(kernel: Kernel) {
    this.#kernel = kernel
    this.table = kernel.store.table('certificates')
    // Nothing is to be done then; that something happens has everybody look again at that very instant.
    kernel.on('certificate.expires', () => {})
  }

  /** Whether users who want to reach a host by its name are content with what they are shown now. */
  satisfies(arn: string, host: string): boolean {
    const certificate = this.table.get(arn)
    if (certificate === undefined) return false
    const { names, chain, issuedAt, expiresAt } = certificate
    const now = this.#kernel.now()
    if (chain !== 'full' || now < issuedAt || now >= expiresAt) return false
    const wanted = host.replace(/\.$/, '')
    const wildcard = `*.${wanted.slice(wanted.indexOf('.') + 1)}`
    return names.includes(wanted) || names.includes(wildcard)
  }

  /** A certificate as it has long been. */
  plant(certificate: Omit<Certificate, 'issuedAt'>): void {
    this.#put(certificate)
  }

  /** Puts another in the place of a certificate, from the next connection on. */
  replace(arn: string, change: CertificateChange, cause: string): void {
    const before = this.table.get(arn)
    if (before === undefined) throw new Error(`unknown certificate ${arn}`)
    const after = { ...before, ...change }
    this.#put(after)
    this.#kernel.transition(`certificate:${arn}`, told(before), told(after), cause)
  }

  #put(certificate: Omit<Certificate, 'issuedAt'>): void {
    const { arn, expiresAt } = certificate
    const now = this.#kernel.now()
    this.table.put(arn, { ...certificate, issuedAt: Math.min(now, expiresAt) - AGE_MIN })
    if (expiresAt > now) this.#kernel.schedule(expiresAt, 'certificate.expires', { arn })
  }
}

const told = ({ names, chain, expiresAt }: Certificate): string =>
  `until ${new Date(expiresAt / 1000).toISOString()}, ${chain}, for ${names[0] ?? 'nobody'} and ${names.length - 1} more`
