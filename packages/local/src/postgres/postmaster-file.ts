import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { commandLine, isAlive } from '../process-identity.ts'

/** What a running (or killed) server left in its cluster directory. */
export interface PostmasterFile {
  readonly pid: number
  /** True from the moment the server accepts connections. */
  readonly isReady: boolean
}

/** Reads `postmaster.pid`, PostgreSQL's own lock file; `null` when no server runs and none was killed. */
export function readPostmasterFile(cluster: string): PostmasterFile | null {
  const lines = linesOf(cluster)
  const pid = Number(lines?.[0])
  if (lines === null || !Number.isInteger(pid) || pid <= 0) return null
  return { pid, isReady: lines[7]?.trim() === 'ready' }
}

/** True when the process of that id is a PostgreSQL server on this very cluster, not a later process with its id. */
export function isServerOf(cluster: string, pid: number): boolean {
  return isAlive(pid) && (commandLine(pid)?.includes(cluster) ?? false)
}

/**
 * Makes a lock file whose process id now belongs to some other program harmless, without removing it: the file also
 * names the shared memory of the dead server, by which PostgreSQL notices children that are still writing. A
 * server ignores the id of its own parent, so ours is put in.
 */
export function disarmPostmasterFile(cluster: string): void {
  const lines = linesOf(cluster)
  if (lines === null) return
  lines[0] = String(process.pid)
  writeFileSync(join(cluster, 'postmaster.pid'), lines.join('\n'))
}

function linesOf(cluster: string): string[] | null {
  try {
    return readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return null
  }
}
