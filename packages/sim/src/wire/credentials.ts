import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Caller } from './service.ts'

/** The key pair every simulator knows. It opens nothing but simulators. */
export const SIMULATOR_ACCESS_KEY_ID = 'FIREDRILLSIM'
export const SIMULATOR_SECRET_ACCESS_KEY = 'firedrill-simulator-secret'

const SESSION_KEY = 'firedrill-simulator-sessions'

/** What `AssumeRole` hands out. `expiresAtMs` is platform time, like everything that has to do with signatures. */
export type SessionCredentials = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly expiresAtMs: number
  readonly arn: string
  readonly userId: string
}

/** The secret of a key and who its bearer is, or why it opens nothing. */
export type KeyLookup =
  | { readonly kind: 'known'; readonly secret: string; readonly caller: Caller }
  | { readonly kind: 'unknown-key' }
  | { readonly kind: 'expired-token' }
  | { readonly kind: 'invalid-token' }

type SessionClaims = {
  readonly role: string
  readonly session: string
  readonly exp: number
  readonly key: string
}

/**
 * Issues credentials for a role. They are derived, not stored: a simulator that was killed and started again accepts
 * them until they expire.
 * @param nonce makes two sessions of one role differ.
 */
export function issueSession(
  account: string,
  roleName: string,
  sessionName: string,
  expiresAtMs: number,
  nonce: string,
): SessionCredentials {
  const digest = createHash('sha256')
    .update(`${roleName}/${sessionName}/${nonce}`)
    .digest('hex')
    .toUpperCase()
  const accessKeyId = `ASIA${digest.slice(0, 16)}`
  const claims: SessionClaims = { role: roleName, session: sessionName, exp: expiresAtMs, key: accessKeyId }
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url')
  return {
    accessKeyId,
    secretAccessKey: secretOf(accessKeyId),
    sessionToken: `${payload}.${seal(payload)}`,
    expiresAtMs,
    ...identity(account, claims),
  }
}

/** The pair of keys of the account's own user. */
export type KeyPair = { readonly accessKeyId: string; readonly secretAccessKey: string }

/** The keys a simulator has unless it was given others. */
export const SIMULATOR_KEYS: KeyPair = {
  accessKeyId: SIMULATOR_ACCESS_KEY_ID,
  secretAccessKey: SIMULATOR_SECRET_ACCESS_KEY,
}

/** Finds the secret that a signature must have been made with. */
export function lookUpKey(
  keys: KeyPair,
  accessKeyId: string,
  sessionToken: string | undefined,
  account: string,
  platformNowMs: number,
): KeyLookup {
  if (accessKeyId === keys.accessKeyId) {
    const caller = {
      accessKeyId,
      account,
      arn: `arn:aws:iam::${account}:user/firedrill`,
      userId: 'AIDAFIREDRILLSIM',
    }
    return { kind: 'known', secret: keys.secretAccessKey, caller }
  }
  if (!accessKeyId.startsWith('ASIA')) return { kind: 'unknown-key' }
  const claims = openToken(sessionToken)
  if (claims === undefined || claims.key !== accessKeyId) return { kind: 'invalid-token' }
  if (claims.exp <= platformNowMs) return { kind: 'expired-token' }
  const caller = { accessKeyId, account, ...identity(account, claims) }
  return { kind: 'known', secret: secretOf(accessKeyId), caller }
}

function identity(account: string, claims: SessionClaims): { arn: string; userId: string } {
  const roleId = `AROA${createHash('sha256').update(claims.role).digest('hex').slice(0, 16).toUpperCase()}`
  return {
    arn: `arn:aws:sts::${account}:assumed-role/${claims.role}/${claims.session}`,
    userId: `${roleId}:${claims.session}`,
  }
}

function openToken(token: string | undefined): SessionClaims | undefined {
  const [payload = '', signature = ''] = (token ?? '').split('.')
  const expected = seal(payload)
  if (signature.length !== expected.length) return undefined
  if (!timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) return undefined
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as SessionClaims
}

function secretOf(accessKeyId: string): string {
  return createHmac('sha256', SESSION_KEY).update(accessKeyId).digest('base64').slice(0, 40)
}

function seal(payload: string): string {
  return createHmac('sha256', SESSION_KEY).update(`token:${payload}`).digest('base64url')
}
