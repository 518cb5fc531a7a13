import { closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { LocalError } from '../local-error.ts'
import { diskFull } from './place.ts'

const MAX_BYTES = 8 * 1024 * 1024

/** The server's log file, opened for one attempt to start it. */
export interface ServerLog {
  readonly path: string
  readonly fd: number
  /** What was written since this attempt began. */
  said(): string
  close(): void
}

/** Opens `server.log` for appending; one that has grown past 8 MB is put aside as `server.log.1` first. */
export function openServerLog(place: string): ServerLog {
  const path = join(place, 'server.log')
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES) renameSync(path, `${path}.1`)
  const fd = openSync(path, 'a+', 0o600)
  const from = fstatSync(fd).size
  return {
    path,
    fd,
    said: () => {
      const buffer = Buffer.alloc(Math.max(0, fstatSync(fd).size - from))
      readSync(fd, buffer, 0, buffer.length, from)
      return buffer.toString('utf8')
    },
    close: () => closeSync(fd),
  }
}

/** Why a server ended before it was ready, read from what it said. */
export type StartFailure =
  | { readonly kind: 'port-taken' }
  /** Children of a killed server are still ending, or another start was faster. */
  | { readonly kind: 'still-held' }
  | { readonly kind: 'error'; readonly error: LocalError }

/** Reads the cause of a failed start from the server's own words. */
export function explainFailure(said: string, place: string, logPath: string): StartFailure {
  if (/could not bind .*Address already in use|Address already in use/i.test(said))
    return { kind: 'port-taken' }
  if (/pre-existing shared memory block|lock file "postmaster\.pid" already exists/.test(said)) {
    return { kind: 'still-held' }
  }
  if (/No space left on device/.test(said)) return { kind: 'error', error: diskFull(place, said) }
  if (/Permission denied|has wrong ownership|has invalid permissions/.test(said)) {
    const message =
      `PostgreSQL may not use the files in ${place}: they belong to another user or are open to others. ` +
      'Start as the user who made them, or start with --fresh.'
    return { kind: 'error', error: new LocalError('permission-denied', message, said) }
  }
  const fatal = /(?:FATAL|PANIC):\s+(.*)/.exec(said)?.[1] ?? 'it ended without saying why'
  const message = `PostgreSQL did not start: ${fatal}. The whole story is in ${logPath}.`
  return { kind: 'error', error: new LocalError('start-failed', message, said) }
}
