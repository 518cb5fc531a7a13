import { chmod } from 'node:fs/promises'
import { randomText } from '../identity.ts'
import { createDurably, readIfThere, writeDurably } from './durable-file.ts'

/**
 * The secret kept in a file, made on first use: `prefix` and 256 random bits. The file is readable by this user only and is
 * narrowed to that when it was not. `created` tells whether it is new.
 */
export async function ensureSecretFile(
  path: string,
  prefix = '',
): Promise<Readonly<{ secret: string; created: boolean }>> {
  const known = (await readIfThere(path))?.trim()
  if (known !== undefined && known.length >= 32) {
    await chmod(path, 0o600)
    return { secret: known, created: false }
  }
  const secret = `${prefix}${randomText(32)}`
  if (known !== undefined) {
    await writeDurably(path, `${secret}\n`)
    return { secret, created: true }
  }
  const kept = (await createDurably(path, `${secret}\n`)).trim()
  return { secret: kept, created: kept === secret }
}
