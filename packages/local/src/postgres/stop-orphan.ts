import { setTimeout as sleep } from 'node:timers/promises'
import { LocalError } from '../local-error.ts'
import { disarmPostmasterFile, isServerOf, readPostmasterFile } from './postmaster-file.ts'

const POLL_MS = 20
const STEPS = [
  { signal: 'SIGINT', waitMs: 10_000 },
  { signal: 'SIGQUIT', waitMs: 5_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
] as const

/**
 * Ends a server whose owner is gone. It is stopped rather than adopted: it is nobody's child, so its exit could not be
 * noticed, and it may run with another version's settings. A fast stop takes about 0.1 s and loses nothing that
 * was committed.
 *
 * @returns true when there was such a server.
 */
export async function stopOrphan(cluster: string): Promise<boolean> {
  const file = readPostmasterFile(cluster)
  if (file === null) return false
  if (!isServerOf(cluster, file.pid)) {
    disarmPostmasterFile(cluster)
    return false
  }
  for (const { signal, waitMs } of STEPS) {
    send(file.pid, signal)
    const until = performance.now() + waitMs
    while (performance.now() < until) {
      if (!isServerOf(cluster, file.pid)) return true
      await sleep(POLL_MS)
    }
  }
  throw new LocalError(
    'in-use',
    `An earlier PostgreSQL server (process ${file.pid}) holds the data in ${cluster} and does not end. ` +
      `End it with: kill -9 ${file.pid}`,
  )
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return
    throw new LocalError(
      'permission-denied',
      `An earlier PostgreSQL server (process ${pid}) belongs to another user. Start as that user, or end it first.`,
      String(error),
    )
  }
}
