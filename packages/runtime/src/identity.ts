import { createHash, randomBytes, randomInt } from 'node:crypto'
import { mintId, type Ids, type Random, type Sha256 } from '@firedrill/core'

/** Ids from the host's wall clock and its entropy: sortable by the time they were minted. */
export const systemIds: Ids = { mint: (kind) => mintId(kind, Date.now(), randomBytes(10)) }

const STEPS = 2 ** 48 - 1

/** Unpredictable numbers in [0, 1). */
export const systemRandom: Random = { next: () => randomInt(STEPS) / STEPS }

/** Lower-case hex SHA-256 of UTF-8 text. */
export const sha256: Sha256 = (text) => createHash('sha256').update(text, 'utf8').digest('hex')

/** Lower-case hex SHA-256 of bytes. */
export function sha256Bytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** `bytes` random bytes as unpadded base64url text, for secrets. */
export function randomText(bytes: number): string {
  return randomBytes(bytes).toString('base64url')
}
