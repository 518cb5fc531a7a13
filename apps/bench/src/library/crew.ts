import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError, type Actor, type CompiledRunbook, type RunId, type RunState } from '@firedrill/core'
import { createAskRunbook, type EnginePorts } from '@firedrill/engine'
import { compileRunbook, formatProblems } from '@firedrill/scenario-file'
import { SECOND, type World } from '@firedrill/sim'
import { ROOT } from '../sandbox/start-sandbox.ts'

/**
 * What people do in the world at a step, by the step's name. `when`: they wait for that before they begin it. A step
 * that is not named here is only read.
 */
export type Hands = Readonly<
  Record<string, Readonly<{ does?: (world: World) => void; when?: (state: RunState) => boolean }>>
>

/** How long people take for a step, in world time, before they say that it is done. */
const STEP_SECONDS = 20

/** The runbook beside a scenario of the library. @throws Error with every problem of the file. */
export function libraryRunbook(scenario: string): CompiledRunbook {
  const path = join(ROOT, 'scenarios', scenario, 'runbook.md')
  const compiled = compileRunbook(readFileSync(path, 'utf8'))
  if (compiled.ok) return compiled.compiled
  throw new Error(formatProblems(compiled.problems, path))
}

/** People who follow the runbook of a run, step by step, through the engine's own doors. */
export function openCrew({
  world,
  actor,
  hands,
  ...ports
}: Pick<EnginePorts, 'runs' | 'hints' | 'definitions' | 'samples'> &
  Readonly<{ world: World; actor: Actor; hands: Hands }>) {
  const ask = createAskRunbook(ports)
  return {
    /** One look at where the run is; at most one thing is said. */
    async act(id: RunId, now: number): Promise<void> {
      const run = await ports.runs.get('default', id)
      const pinned = run?.state.runbook
      if (run === undefined || pinned === undefined || run.state.entered.observing === undefined) return
      const runbook = await ports.definitions.byHash('default', 'runbook', pinned.hash)
      const said = run.state.runbookSteps ?? {}
      const step = runbook?.compiled.steps.find(({ name }) => said[name]?.done === undefined)
      if (step === undefined) return
      const { does, when } = hands[step.name] ?? {}
      const started = said[step.name]?.started
      const asked = { run, actor, step: step.name, note: '' }
      if (started === undefined) {
        if (when?.(run.state) !== false) await ask({ ...asked, act: 'start' })
        return
      }
      if (now - started.at < STEP_SECONDS * SECOND) return
      if (step.check === undefined) does?.(world)
      // A check that does not pass yet is asked again a second later.
      await ask({ ...asked, act: 'done' }).catch((error: unknown) => {
        if (!(error instanceof AppError) || error.code !== 'state-conflict') throw error
      })
    },
  }
}
