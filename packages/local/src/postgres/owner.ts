import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive, startMark } from '../process-identity.ts'

/** The process that started the server of a data directory and will stop it. */
interface Owner {
  readonly pid: number
  readonly startMark: string
}

/** The outcome of asking for a data directory: ours now, or somebody's who is alive. */
export type Claim = { readonly kind: 'claimed' } | { readonly kind: 'held'; readonly pid: number }

const FILE = 'owner.json'

/**
 * Claims a data directory for this process. A claim of a process that no longer exists is taken over, however
 * that process ended. Two claims in the same instant are settled by PostgreSQL's own lock on the cluster.
 */
export function claimDirectory(place: string): Claim {
  const before = readOwner(place)
  if (before !== null && isRunning(before)) return { kind: 'held', pid: before.pid }
  const mine: Owner = { pid: process.pid, startMark: startMark(process.pid) ?? '' }
  const draft = join(place, `${FILE}.${process.pid}`)
  writeFileSync(draft, JSON.stringify(mine))
  renameSync(draft, join(place, FILE))
  const after = readOwner(place)
  if (after !== null && after.pid !== mine.pid && isRunning(after)) return { kind: 'held', pid: after.pid }
  return { kind: 'claimed' }
}

/** Gives up this process's claim; somebody else's is left alone. */
export function releaseDirectory(place: string): void {
  if (readOwner(place)?.pid === process.pid) rmSync(join(place, FILE), { force: true })
}

function isRunning(owner: Owner): boolean {
  return isAlive(owner.pid) && startMark(owner.pid) === owner.startMark
}

function readOwner(place: string): Owner | null {
  try {
    const value: unknown = JSON.parse(readFileSync(join(place, FILE), 'utf8'))
    if (typeof value !== 'object' || value === null) return null
    if (!('pid' in value) || typeof value.pid !== 'number') return null
    if (!('startMark' in value) || typeof value.startMark !== 'string') return null
    return { pid: value.pid, startMark: value.startMark }
  } catch {
    // Absent, or half written by a process that died: either way nobody holds it.
    return null
  }
}
