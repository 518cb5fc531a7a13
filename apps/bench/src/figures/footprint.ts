import { systemClock } from '@firedrill/runtime'
import { memoryMb } from '../sandbox/memory.ts'
import { freePortBase } from '../sandbox/port-base.ts'
import { prepareStates } from '../sandbox/prepared-state.ts'
import { startSandbox } from '../sandbox/start-sandbox.ts'
import { rounded, type Bench } from './figure.ts'

/** Promised: at most a gigabyte. */
const GOAL_MB = 1000
const LOOK_MS = 500

/** Memory of every process of a sandbox together, at its worst while it carries out the default drill. */
export const footprint: Bench = {
  name: 'footprint',
  about: 'memory of all processes of the sandbox together, most during the default drill',
  async *run({ say }) {
    const states = await prepareStates()
    let peak = 0
    let atPeak = ''
    try {
      const sandbox = startSandbox({
        stateDir: states.fresh(),
        portBase: await freePortBase(),
        args: ['--once'],
      })
      try {
        const over = new AbortController()
        const ends = sandbox.exited.then(() => over.abort())
        while (!over.signal.aborted) {
          const parts = [{ pid: sandbox.pid, command: 'sandbox' }, ...sandbox.processes()].map(
            ({ pid, command }) => ({ name: nameOf(command), mb: memoryMb(pid) }),
          )
          const sum = parts.reduce((total, { mb }) => total + mb, 0)
          if (sum > peak) {
            peak = sum
            atPeak = byName(parts)
          }
          await systemClock.sleep(LOOK_MS, over.signal)
        }
        await ends
        const { code } = await sandbox.exited
        if (code !== 0) say(`the drill ended with exit code ${code}; what it took is counted all the same`)
      } finally {
        await sandbox.stop()
      }
    } finally {
      states.remove()
    }
    say(`at its most: ${atPeak}`)
    const about = { bench: 'footprint', unit: 'MB', better: 'lower', backend: 'postgres', seed: 1 } as const
    yield { ...about, figure: 'peak', value: Math.round(peak), goal: GOAL_MB }
  },
}

/** A short name for a process of the sandbox, by what it runs. */
function nameOf(command: string): string {
  const role = /--role (\w+)/.exec(command)?.[1]
  if (role !== undefined) return role
  return (
    /postgres/.exec(command)?.[0] ?? /(?:apps|packages)\/(\w+)/.exec(command)?.[1] ?? command.slice(0, 20)
  )
}

function byName(parts: readonly Readonly<{ name: string; mb: number }>[]): string {
  const sums = new Map<string, number>()
  for (const { name, mb } of parts) sums.set(name, (sums.get(name) ?? 0) + mb)
  return [...sums]
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, mb]) => `${name} ${rounded(mb)}`)
    .join(', ')
}
