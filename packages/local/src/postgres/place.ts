import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LocalError } from '../local-error.ts'
import { isReachable, rootsSharedDirectory } from './account.ts'
import type { Account } from './account.ts'

const POINTER = 'moved-to'

/**
 * The directory that really holds the cluster, its password, its log and its owner: `dataDir` itself, or, when root
 * asked for a directory that the server's unprivileged user cannot reach, one of root's below /var/lib. `dataDir`
 * then holds a pointer for people; a missing pointer means that somebody removed the data, so what was moved
 * is removed too.
 */
export function preparePlace(dataDir: string, account: Account): string {
  try {
    mkdirSync(dataDir, { recursive: true })
    // `chmod` only adds the right to pass through; what is inside keeps its own protection.
    if (account !== null) chmodSync(dataDir, 0o711)
    if (isReachable(dataDir, account)) return realpathSync(dataDir)
    const key = createHash('sha256').update(realpathSync(dataDir)).digest('hex').slice(0, 16)
    const place = join(rootsSharedDirectory(), `data-${key}`)
    if (!existsSync(join(dataDir, POINTER))) rmSync(place, { recursive: true, force: true })
    mkdirSync(place, { recursive: true, mode: 0o711 })
    chmodSync(place, 0o711)
    writeFileSync(join(dataDir, POINTER), `${place}\n`)
    return place
  } catch (error) {
    if (error instanceof LocalError) throw error
    throw directoryError(dataDir, error)
  }
}

/** What to do when a file of the data directory cannot be written. */
export function directoryError(dataDir: string, error: unknown): LocalError {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(dataDir, message)
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    return new LocalError(
      'permission-denied',
      `${dataDir} cannot be written by this user. Give it to this user (chown), or choose another directory.`,
      message,
    )
  }
  return new LocalError('start-failed', `${dataDir} cannot be used: ${message}`, message)
}

/** The disk that holds `dataDir` is full. */
export function diskFull(dataDir: string, detail: string): LocalError {
  return new LocalError(
    'disk-full',
    `There is too little free space on the disk that holds ${dataDir}. Free at least 200 MB and start again; ` +
      'nothing that was committed is lost.',
    detail,
  )
}
