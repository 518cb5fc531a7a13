import { createHash, randomBytes, sign, type KeyObject } from 'node:crypto'
import { bits, element, integer, objectId, octets, sequence, setOf, text, time, yes } from './der.ts'

/** What a certificate says. Instants are platform time, in milliseconds since the epoch. */
export interface CertificateContent {
  readonly subject: string
  readonly publicKey: KeyObject
  /** DNS names that it is for; none for an authority. */
  readonly names: readonly string[]
  readonly isAuthority: boolean
  readonly notBefore: number
  readonly notAfter: number
}

/** Who signs. */
export interface Issuer {
  readonly subject: string
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

const ECDSA_WITH_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'))
const COMMON_NAME = '2.5.4.3'
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1'

/** An X.509 version 3 certificate in PEM, signed with ECDSA and SHA-256. */
export const issueCertificate = (content: CertificateContent, issuer: Issuer): string => {
  const { subject, publicKey, notBefore, notAfter } = content
  const body = sequence(
    element(0xa0, integer(Buffer.from([2]))),
    // The first bit is clear and the number is not zero, as every reader expects.
    integer(Buffer.concat([Buffer.from([0x40]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    nameOf(issuer.subject),
    sequence(time(notBefore), time(notAfter)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(...extensionsOf(content, issuer))),
  )
  const signed = sequence(body, ECDSA_WITH_SHA256, bits(sign('sha256', body, issuer.privateKey)))
  const lines = signed.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n')
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}

const nameOf = (commonName: string): Buffer =>
  sequence(setOf(sequence(objectId(COMMON_NAME), text(commonName))))

const extensionsOf = (
  { publicKey, names, isAuthority }: CertificateContent,
  issuer: Issuer,
): readonly Buffer[] => [
  critical('2.5.29.19', isAuthority ? sequence(yes()) : sequence()),
  // keyCertSign and cRLSign for an authority, digitalSignature for a server.
  critical('2.5.29.15', isAuthority ? bits(Buffer.from([0x06]), 1) : bits(Buffer.from([0x80]), 7)),
  extension('2.5.29.14', octets(keyId(publicKey))),
  extension('2.5.29.35', sequence(element(0x80, keyId(issuer.publicKey)))),
  ...(isAuthority ? [] : [extension('2.5.29.37', sequence(objectId(SERVER_AUTH)))]),
  ...(names.length === 0
    ? []
    : [extension('2.5.29.17', sequence(...names.map((name) => element(0x82, Buffer.from(name, 'latin1')))))]),
]

const extension = (id: string, value: Buffer): Buffer => sequence(objectId(id), octets(value))

const critical = (id: string, value: Buffer): Buffer => sequence(objectId(id), yes(), octets(value))

const keyId = (key: KeyObject): Buffer =>
  createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()
