import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureSecretFile } from './secret.ts'
import { ensureSigningKey } from './signing-key.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'firedrill-secret-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

describe('a secret in a file', () => {
  it('is one and the same for all who start together, made by one of them', async () => {
    const path = join(dir, 'state', 'token')
    const all = await Promise.all(Array.from({ length: 16 }, () => ensureSecretFile(path, 'fd_')))
    expect(new Set(all.map(({ secret }) => secret))).toEqual(new Set([readFileSync(path, 'utf8').trim()]))
    expect(all.filter(({ created }) => created)).toHaveLength(1)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(dir, 'state'))).toEqual(['token'])
  })

  it('replaces what is too short to be one', async () => {
    const path = join(dir, 'token')
    writeFileSync(path, 'half')
    const { secret, created } = await ensureSecretFile(path)
    expect(created).toBe(true)
    expect(await ensureSecretFile(path)).toEqual({ secret, created: false })
  })
})

describe('the signing key', () => {
  it('is one and the same for all who start together', async () => {
    const path = join(dir, 'signing-key.pem')
    const all = await Promise.all(Array.from({ length: 16 }, () => ensureSigningKey(path)))
    expect(new Set(all.map(({ publicKey }) => publicKey)).size).toBe(1)
  })
})
