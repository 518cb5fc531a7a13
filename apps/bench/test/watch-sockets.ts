import { systemClock } from '@firedrill/runtime'
import { foreignSockets, type ForeignSocket } from '../src/sandbox/socket-watch.ts'
import type { ProcessEntry } from '../src/sandbox/process-tree.ts'

const EVERY_MS = 250

/** Looks over and over at what a process tree is connected to. Sees nothing anywhere but on Linux. */
export function watchSockets(tree: Readonly<{ pid: number; processes(): readonly ProcessEntry[] }>) {
  const ended = new AbortController()
  const found = new Map<string, ForeignSocket>()
  const pids = new Set<number>([tree.pid])
  let looks = 0
  const look = async () => {
    while (!ended.signal.aborted) {
      const now = [tree.pid, ...tree.processes().map(({ pid }) => pid)]
      for (const pid of now) pids.add(pid)
      if (process.platform === 'linux')
        for (const socket of foreignSockets(now)) found.set(JSON.stringify(socket), socket)
      looks++
      await systemClock.sleep(EVERY_MS, ended.signal)
    }
  }
  const looking = look()
  return {
    looks: () => looks,
    /** Every process that was ever seen in the tree. */
    pids: () => [...pids],
    async end(): Promise<readonly ForeignSocket[]> {
      ended.abort()
      await looking
      return [...found.values()]
    },
  }
}
