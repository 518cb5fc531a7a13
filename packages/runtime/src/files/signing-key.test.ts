import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  ensureSigningKey,
  isSignedBy,
  keyIdOf,
  parsePublicKey,
  publicKeyPem,
  readSigningKey,
} from './signing-key.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'firedrill-key-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

describe('the signing key', () => {
  it('is made once, kept for this user alone, and narrowed to that when it was not', async () => {
    const path = join(dir, 'state', 'signing-key.pem')
    const first = await ensureSigningKey(path)
    chmodSync(path, 0o644)
    const again = await ensureSigningKey(path)
    expect(again.publicKey).toBe(first.publicKey)
    expect(again.sign('x')).toBe(first.sign('x'))
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('is never replaced: a file that holds something else is refused and stays as it is', async () => {
    const path = join(dir, 'signing-key.pem')
    writeFileSync(path, 'half of a key')
    await expect(ensureSigningKey(path)).rejects.toMatchObject({ code: 'config-invalid' })
    expect(readFileSync(path, 'utf8')).toBe('half of a key')
    await expect(readSigningKey(join(dir, 'none.pem'))).rejects.toMatchObject({ code: 'config-invalid' })
  })

  it('may come from OpenSSL, but not be of another kind', async () => {
    const [good, bad] = [join(dir, 'good.pem'), join(dir, 'bad.pem')]
    execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', good])
    execFileSync('openssl', ['genpkey', '-algorithm', 'ed448', '-out', bad])
    const { publicKey, sign } = await readSigningKey(good)
    expect(isSignedBy(publicKey, 'text', sign('text'))).toBe(true)
    await expect(readSigningKey(bad)).rejects.toMatchObject({ code: 'config-invalid' })
  })

  it('vouches for exactly what it signed, whatever else is handed in', async () => {
    const { publicKey, sign } = await ensureSigningKey(join(dir, 'a.pem'))
    const other = await ensureSigningKey(join(dir, 'b.pem'))
    const signature = sign('text')
    expect(isSignedBy(publicKey, 'text', signature)).toBe(true)
    expect(isSignedBy(publicKey, 'text.', signature)).toBe(false)
    expect(isSignedBy(other.publicKey, 'text', signature)).toBe(false)
    for (const nonsense of ['', 'AAAA', `${signature}=`, `${signature} `])
      expect(isSignedBy(publicKey, 'text', nonsense)).toBe(false)
    expect(isSignedBy('AAAA', 'text', signature)).toBe(false)
    expect(parsePublicKey(publicKeyPem(publicKey))).toBe(publicKey)
    expect(parsePublicKey('no key')).toBeUndefined()
    expect(keyIdOf(publicKey)).not.toBe(keyIdOf(other.publicKey))
  })
})
