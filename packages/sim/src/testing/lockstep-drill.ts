import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { startSimulator } from '../server.ts'
import type { Transition } from '../world/model.ts'
import { joinAsMember } from './lockstep-member.ts'
import type { LockstepTask } from './lockstep-process.ts'

/** What one run of the drill came to. */
export type LockstepRun = {
  readonly transitions: readonly Transition[]
  /** One letter for each second of the visitor. */
  readonly seen: string
  /** Real time from the moment at which everybody had joined. */
  readonly tookMs: number
}

/** The instant at which every run begins, so that runs can be compared. */
export const LOCKSTEP_START = Date.UTC(2026, 10, 3, 9, 0, 0) * 1000

/** A drill by two processes of their own in a lockstep world: one stops instances, one looks every second. */
export const runLockstepDrill = async (options: { seed: number; minutes: number }): Promise<LockstepRun> => {
  const simulator = await startSimulator({ rate: 'lockstep', seed: options.seed, startAt: LOCKSTEP_START })
  const { endpoints, world } = simulator
  const instanceIds = world.compute.inRegion('eu-west-1').map(({ id }) => id)
  // Holds time until both are there.
  const starter = await joinAsMember(endpoints.control, 'starter')
  const roles = ['operator', 'visitor'] as const
  const children = roles.map((role) => begin({ role, endpoints, instanceIds, minutes: options.minutes }))
  try {
    await Promise.all(children.map(({ line }) => line()))
    const begunAt = performance.now()
    await starter.leave()
    const [, seen] = await Promise.all(children.map(({ line }) => line()))
    const tookMs = performance.now() - begunAt
    return { transitions: [...world.kernel.transitions.all()], seen: seen ?? '', tookMs }
  } finally {
    for (const { child } of children) child.kill('SIGKILL')
    await simulator.close()
  }
}

const begin = (task: LockstepTask): { child: ChildProcess; line: () => Promise<string> } => {
  const script = fileURLToPath(new URL('lockstep-process.ts', import.meta.url))
  const child = spawn(process.execPath, [script, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = ended(child)
  // Whoever waits for a line hears of it, now or later.
  gone.catch(() => undefined)
  const lines = createInterface({ input: child.stdout })
  const waiting: string[] = []
  lines.on('line', (line) => waiting.push(line))
  const line = async (): Promise<string> => {
    while (waiting.length === 0) await Promise.race([once(lines, 'line'), gone])
    return waiting.shift() ?? ''
  }
  return { child, line }
}

const ended = async (child: ChildProcess): Promise<never> => {
  const [code] = (await once(child, 'exit')) as [number | null]
  // What it has still written arrives first.
  await new Promise((resolve) => setTimeout(resolve, 200))
  throw new Error(`a process of the drill ended early, code ${code}`)
}
