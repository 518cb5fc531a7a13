import { AppError, decideAbort, isEnd, type Actor } from '@firedrill/core'
import type { EnginePorts } from './ports.ts'

type Ports = Pick<EnginePorts, 'runs' | 'hints' | 'halt'>

/** How many runs one page of the list brings while everything is being stopped. */
const PAGE = 200

/** Sets the global halt, then aborts every run that is not over. Starts are refused from the first statement on. */
export function createHaltAll(ports: Ports) {
  return async function haltAll(
    teamId: string,
    actor: Actor,
    reason: string,
  ): Promise<Readonly<{ aborted: number }>> {
    await ports.halt.set(actor, reason)
    let aborted = 0
    for (const run of await ports.runs.list(teamId, { limit: PAGE })) {
      if (isEnd(run.state.status)) continue
      const result = await ports.runs.append(
        run.id,
        { kind: 'open' },
        actor,
        (state) => decideAbort(state, reason, 'halt').events,
      )
      if (!result.ok || result.events.length === 0) continue
      aborted++
      await ports.runs.wake(run.id)
      await ports.hints.send('recover', run.id).catch(() => undefined)
    }
    return { aborted }
  }
}

/** Lifts the halt. In a sandbox the one user may; elsewhere somebody other than who set it must. @throws AppError not-permitted */
export function createLiftHalt(ports: Pick<EnginePorts, 'halt'>) {
  return async function liftHalt(
    actor: Actor,
    reason: string,
    options: Readonly<{ sandboxOnly: boolean }>,
  ): Promise<void> {
    const halt = await ports.halt.get()
    if (!halt.set) return
    if (!options.sandboxOnly && halt.by?.id === actor.id) {
      throw new AppError(
        'not-permitted',
        'The halt must be lifted by somebody other than the person who set it.',
      )
    }
    await ports.halt.lift(actor, reason)
  }
}
