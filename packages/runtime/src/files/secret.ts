import { chmod, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { randomText } from '../identity.ts'
import { readIfThere, writeDurably } from './durable-file.ts'

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
  // A directory that is there keeps its mode: others may have to pass through it, and the file itself is closed.
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeDurably(path, `${secret}\n`)
  return { secret, created: true }
}
