import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { Certificate } from '../../world/certificates.ts'
import type { Micros } from '../../world/model.ts'
import { issueCertificate, type Issuer } from './certificate.ts'

/** Valid for as long as anybody may practise. */
const AUTHORITY_SPAN = { notBefore: Date.UTC(2000, 0, 1), notAfter: Date.UTC(2099, 0, 1) }
const FILE = 'authority.pem'

interface Root {
  readonly issuer: Issuer
  readonly pem: string
}

/**
 * The world's own certificate authority: a root, one below it that issues, and what balancers show. Keys are made by
 * chance and never leave the machine; the root's is kept with the state, so that whoever trusts it goes on doing so after
 * a restart. Nothing is made before it is asked for.
 */
export class Authority {
  readonly #file: string | null
  #root: Root | undefined
  #intermediate: Root | undefined
  #server: { readonly publicKey: KeyObject; readonly privateKey: KeyObject } | undefined
  /** What was made last for each certificate, by what it had to say. */
  readonly #contexts = new Map<string, { readonly said: string; readonly context: SecureContext }>()

  /** `stateDirectory` null: the authority is gone at exit. */
  constructor(stateDirectory: string | null) {
    this.#file = stateDirectory === null ? null : join(stateDirectory, FILE)
  }

  /** The root's certificate, for clients to trust, in PEM. */
  get pem(): string {
    return this.#rootOnce().pem
  }

  /**
   * What a balancer shows now. A client compares certificates with its own clock, which need not be the world's: what is
   * left of the certificate's time in the world is what is left of it on the wire.
   */
  contextOf(certificate: Certificate, worldNow: Micros, platformNowMs: number): SecureContext {
    const onTheWire = (at: Micros): number =>
      Math.floor((platformNowMs + (at - worldNow) / 1000) / 1000) * 1000
    const notBefore = onTheWire(certificate.issuedAt)
    const notAfter = onTheWire(certificate.expiresAt)
    const said = JSON.stringify([certificate, notBefore, notAfter])
    const known = this.#contexts.get(certificate.arn)
    if (known?.said === said) return known.context
    const context = this.#contextWith(certificate, { notBefore, notAfter })
    this.#contexts.set(certificate.arn, { said, context })
    return context
  }

  #contextWith(
    { names, chain }: Certificate,
    span: { readonly notBefore: number; readonly notAfter: number },
  ): SecureContext {
    this.#server ??= newKeys()
    const { publicKey, privateKey } = this.#server
    const subject = names[0] ?? 'without a name'
    const intermediate = this.#intermediateOnce()
    const issuer = chain === 'self-signed' ? { subject, publicKey, privateKey } : intermediate.issuer
    const leaf = issueCertificate({ subject, publicKey, names, isAuthority: false, ...span }, issuer)
    return createSecureContext({
      key: pemOf(privateKey),
      cert: chain === 'full' ? `${leaf}${intermediate.pem}` : leaf,
    })
  }

  #intermediateOnce(): Root {
    this.#intermediate ??= newAuthority('Firedrill simulator servers', this.#rootOnce().issuer)
    return this.#intermediate
  }

  #rootOnce(): Root {
    this.#root ??= this.#kept() ?? this.#newRoot()
    return this.#root
  }

  #kept(): Root | null {
    if (this.#file === null || !existsSync(this.#file)) return null
    const text = readFileSync(this.#file, 'utf8')
    const pem = text.slice(text.indexOf('-----BEGIN CERTIFICATE-----'))
    return {
      pem,
      issuer: { subject: ROOT_NAME, publicKey: createPublicKey(pem), privateKey: createPrivateKey(text) },
    }
  }

  #newRoot(): Root {
    const root = newAuthority(ROOT_NAME)
    if (this.#file !== null) {
      const draft = `${this.#file}.new`
      writeFileSync(draft, `${pemOf(root.issuer.privateKey)}${root.pem}`, { mode: 0o600 })
      chmodSync(draft, 0o600)
      renameSync(draft, this.#file)
    }
    return root
  }
}

const ROOT_NAME = 'Firedrill simulator root, for practice only'

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })

const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString()

/** Signed by another, or by itself. */
const newAuthority = (subject: string, above?: Issuer): Root => {
  const { publicKey, privateKey } = newKeys()
  const issuer = { subject, publicKey, privateKey }
  const content = { subject, publicKey, names: [], isAuthority: true, ...AUTHORITY_SPAN }
  return { issuer, pem: issueCertificate(content, above ?? issuer) }
}
