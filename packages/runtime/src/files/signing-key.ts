import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto'
import { chmod } from 'node:fs/promises'
import { AppError, type Signer } from '@firedrill/core'
import { sha256Bytes } from '../identity.ts'
import { createDurably, readIfThere } from './durable-file.ts'

/** Name of the installation's own signing key inside the state directory. */
export const SIGNING_KEY_FILE = 'signing-key.pem'

/**
 * The installation's own Ed25519 key, made on first use and kept in the file, which only this user can read.
 * @throws AppError `config-invalid` when the file holds something else: a new key in its place would make everything that
 * was signed before look forged.
 */
export async function ensureSigningKey(path: string): Promise<Signer> {
  const known = await readIfThere(path)
  if (known !== undefined) {
    await chmod(path, 0o600)
    return signerOf(known, path)
  }
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return signerOf(await createDurably(path, pem), path)
}

/** A signing key that the operator put there. @throws AppError `config-invalid` when it is missing or no Ed25519 key. */
export async function readSigningKey(path: string): Promise<Signer> {
  const pem = await readIfThere(path)
  if (pem === undefined) throw refused(path, 'is not there')
  return signerOf(pem, path)
}

/** True when the text was signed with the private half of this key. Anything that is no key or no signature is false. */
export function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  const key = publicKeyOf(publicKey)
  const bytes = Buffer.from(signature, 'base64')
  // What decodes leniently would let a changed character pass for the same signature.
  if (key === undefined || bytes.toString('base64') !== signature) return false
  return verify(null, Buffer.from(text, 'utf8'), key, bytes)
}

/** A public key as PEM (SPKI), as OpenSSL and `firedrill verify --key` read it. */
export function publicKeyPem(publicKey: string): string {
  const key = publicKeyOf(publicKey)
  if (key === undefined) throw new TypeError('not the 32 bytes of an Ed25519 public key in base64')
  return key.export({ type: 'spki', format: 'pem' }).toString()
}

/** The public key in a PEM file, in base64; undefined when it holds none of Ed25519. */
export function parsePublicKey(pem: string): string | undefined {
  try {
    const key = createPublicKey(pem)
    return key.asymmetricKeyType === 'ed25519' ? rawPublicKey(key) : undefined
  } catch {
    return undefined
  }
}

/** Short name of a public key, for people to compare: the first 16 hex digits of the SHA-256 of its bytes. */
export function keyIdOf(publicKey: string): string {
  return sha256Bytes(Buffer.from(publicKey, 'base64')).slice(0, 16)
}

function signerOf(pem: string, path: string): Signer {
  const key = privateKeyOf(pem)
  if (key?.asymmetricKeyType !== 'ed25519') throw refused(path, 'is no Ed25519 private key in PEM')
  return {
    publicKey: rawPublicKey(createPublicKey(key)),
    sign: (text) => sign(null, Buffer.from(text, 'utf8'), key).toString('base64'),
  }
}

function privateKeyOf(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem)
  } catch {
    return undefined
  }
}

function publicKeyOf(publicKey: string): KeyObject | undefined {
  const bytes = Buffer.from(publicKey, 'base64')
  if (bytes.length !== 32 || bytes.toString('base64') !== publicKey) return undefined
  try {
    return createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') },
      format: 'jwk',
    })
  } catch {
    return undefined
  }
}

function rawPublicKey(key: KeyObject): string {
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64')
}

function refused(path: string, what: string): AppError {
  return new AppError('config-invalid', `The signing key ${what}.`, {
    internal: path,
    problems: [
      {
        path: 'FIREDRILL_SIGNING_KEY',
        message: what,
        suggestion:
          'Set it to a file with an Ed25519 private key, such as "openssl genpkey -algorithm ed25519" writes, or leave it out for one of its own',
      },
    ],
  })
}
