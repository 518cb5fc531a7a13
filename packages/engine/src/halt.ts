import { AppError, decideAbort, isEnd, type Actor, type RunId } from '@firedrill/core'
import { inLanes } from './commands/ask-to-go.ts'
import { fitted } from './fit-events.ts'
import type { EnginePorts } from './ports.ts'

type Ports = Pick<EnginePorts, 'runs' | 'hints' | 'halt'>

/** How many runs one page of the list brings while everything is being stopped. */
const PAGE = 200
/** How many runs are aborted at once. */
const LANES = 8

/** Sets the global halt, then aborts every run that is not over. Starts are refused from the first statement on. */
export function createHaltAll(ports: Ports) {
  return async function haltAll(
    teamId: string,
    actor: Actor,
    reason: string,
  ): Promise<Readonly<{ aborted: number }>> {
    await ports.halt.set(actor, reason)
    let aborted = 0
    let failure: unknown
    await inLanes(LANES, await notOver(ports, teamId), async (id) => {
      try {
        if (await abortOne(ports, id, actor, reason)) aborted++
      } catch (error) {
        // One run that cannot be aborted must not keep the others going.
        failure ??= error
      }
    })
    if (failure !== undefined) throw failure
    return { aborted }
  }
}

/** Those of any team that are live, and then every other run of the team that is not over, however many there are, newest first. */
async function notOver({ runs }: Pick<Ports, 'runs'>, teamId: string): Promise<readonly RunId[]> {
  const found = new Set((await runs.probed()).map(({ id }) => id))
  for (let before: RunId | undefined; ;) {
    const page = await runs.list(teamId, { limit: PAGE, ...(before === undefined ? {} : { before }) })
    for (const run of page) if (!isEnd(run.state.status)) found.add(run.id)
    before = page.at(-1)?.id
    if (page.length < PAGE || before === undefined) return [...found]
  }
}

async function abortOne(ports: Ports, id: RunId, actor: Actor, reason: string): Promise<boolean> {
  const result = await ports.runs.append(id, { kind: 'open' }, actor, (state) =>
    fitted(decideAbort(state, reason, 'halt').events),
  )
  if (!result.ok || result.events.length === 0) return false
  await ports.runs.wake(id)
  await ports.hints.send('recover', id).catch(() => undefined)
  return true
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
