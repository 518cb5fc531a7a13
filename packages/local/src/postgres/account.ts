import { chownSync, lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, parse } from 'node:path'
import { LocalError } from '../local-error.ts'

/** The user a PostgreSQL process runs as; `null` means: as this process does. */
export type Account = { readonly uid: number; readonly gid: number } | null

const NOBODY = { uid: 65_534, gid: 65_534 } as const

/**
 * PostgreSQL refuses to run as root. As root we start it as the unprivileged user `nobody`, by number, so that no
 * user has to be made and none is left behind.
 */
export function serverAccount(): Account {
  return process.getuid?.() === 0 ? NOBODY : null
}

/** Hands a file or directory to the account; nothing to do when the server runs as we do. */
export function giveTo(path: string, account: Account): void {
  if (account !== null) chownSync(path, account.uid, account.gid)
}

/** True when the account may pass through every directory above `path` and into it. */
export function isReachable(path: string, account: Account): boolean {
  if (account === null) return true
  let current = realpathSync(path)
  const { root } = parse(current)
  for (;;) {
    const { mode, uid, gid } = statSync(current)
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
    if ((mode & bit) === 0) return false
    if (current === root) return true
    current = dirname(current)
  }
}

/**
 * A directory that root owns, nobody else may write to, and every user may pass through: where the server's files
 * go when the checkout lies below a closed directory such as root's home.
 */
export function rootsSharedDirectory(): string {
  for (const base of ['/var/lib', tmpdir()]) {
    const path = join(base, 'firedrill')
    try {
      mkdirSync(path, { mode: 0o755 })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') continue
    }
    // In a directory that all may write to, somebody else may have made it first: then it is not used.
    const stat = lstatSync(path)
    if (stat.isDirectory() && stat.uid === 0 && (stat.mode & 0o022) === 0 && isReachable(path, NOBODY))
      return path
  }
  throw new LocalError(
    'permission-denied',
    'PostgreSQL does not run as root, and neither /var/lib nor the temporary directory can hold files for it. ' +
      'Run as an ordinary user, or set DATABASE_URL to a PostgreSQL server.',
  )
}
