import { createHash } from 'node:crypto'
import type { Sha256 } from '@firedrill/core'

/** Lower-case hex SHA-256, as the journal wants it. */
export const sha256: Sha256 = (text) => createHash('sha256').update(text, 'utf8').digest('hex')

/** Lower-case hex SHA-256 of bytes. */
export function sha256Bytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
