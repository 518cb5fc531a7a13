import {
  AppError,
  decideApprove,
  decideDecline,
  decidePause,
  decideResolve,
  decideResume,
  decideRetry,
  decideSkip,
  decideTakeOver,
  type Actor,
  type Asked,
  type CompiledScenario,
  type HintQueue,
  type Resolution,
  type RunRow,
  type RunState,
} from '@firedrill/core'
import { askRun } from './ask-run.ts'
import { callOut, LOOK_TIMEOUT_MS } from './call-out.ts'
import { loadDefinitions } from './definitions.ts'
import { everyTarget } from './every-target.ts'
import { isAsCaptured } from './settling.ts'
import type { EnginePorts } from './ports.ts'

type Ports = Pick<EnginePorts, 'runs' | 'hints' | 'definitions' | 'undo' | 'calls' | 'sha256'> &
  Readonly<{ cloud: () => Promise<Pick<EnginePorts, 'faults'>> }>

/** Who asks, of which run, and why. */
export type AskOfRun = Readonly<{ run: RunRow; actor: Actor; reason: string }>

/** An answer about a plan: `plan` is the hash of what the person looked at. */
export type AskOfPlan = AskOfRun & Readonly<{ plan: string }>

/** What people ask of a run besides its end. Each needs a reason, and throws an AppError when the answer is no. */
export function createAskByPerson(ports: Ports) {
  const tell = async (
    { run, actor }: AskOfRun,
    queue: HintQueue,
    decide: (state: RunState) => Asked,
  ): Promise<void> => {
    await askRun(ports, run.id, actor, decide)
    await ports.runs.wake(run.id)
    await ports.hints.send(queue, run.id).catch(() => undefined)
  }
  /** Approves the plan with this hash, or turns it down. */
  const answerPlan = async (asked: AskOfPlan, answer: 'approve' | 'decline'): Promise<void> => {
    const { environment } = await loadDefinitions(asked.run, ports.definitions)
    const now = await ports.runs.now()
    const { actor: by, plan, reason } = asked
    const decide = answer === 'approve' ? decideApprove : decideDecline
    await tell(asked, 'advance', (state) =>
      decide(state, { by, plan, reason }, { environment, now, sha256: ports.sha256 }),
    )
  }
  const scenarioOf = async (run: RunRow): Promise<CompiledScenario> =>
    (await loadDefinitions(run, ports.definitions)).scenario
  return {
    approveRun: (asked: AskOfPlan): Promise<void> => answerPlan(asked, 'approve'),
    declineRun: (asked: AskOfPlan): Promise<void> => answerPlan(asked, 'decline'),
    pauseRun: (asked: AskOfRun): Promise<void> =>
      tell(asked, 'advance', (state) => decidePause(state, asked.reason)),
    resumeRun: (asked: AskOfRun): Promise<void> =>
      tell(asked, 'advance', (state) => decideResume(state, asked.reason)),
    async skipStep(asked: AskOfRun & Readonly<{ step: string }>): Promise<void> {
      const scenario = await scenarioOf(asked.run)
      await tell(asked, 'advance', (state) => decideSkip(state, scenario, asked.step, asked.reason))
    },
    async retryStep(asked: AskOfRun & Readonly<{ step: string }>): Promise<void> {
      const scenario = await scenarioOf(asked.run)
      await tell(asked, 'advance', (state) => decideRetry(state, scenario, asked.step, asked.reason))
    },
    takeOver: (asked: AskOfRun): Promise<void> =>
      tell(asked, 'recover', (state) => decideTakeOver(state, asked.reason)),
    async resolveTarget(
      asked: AskOfRun & Readonly<{ step: string; target: string; answer: Resolution; signal: AbortSignal }>,
    ): Promise<void> {
      const { run, step, target, answer, reason } = asked
      const leave = answer === 'accept-as-is' && (await mayLeave(run, ports))
      const decide = (state: RunState) => decideResolve(state, { step, target, answer, reason, leave })
      const refused = decide(run.state).refused
      if (answer === 'mark-restored' && refused === undefined) await mustBeRestored(asked, ports)
      await tell(asked, 'recover', decide)
    },
  }
}

/** The environment as it is now, not as it was pinned: a person may have to change it before a target can be left. */
async function mayLeave(run: RunRow, { definitions }: Pick<Ports, 'definitions'>): Promise<boolean> {
  const { teamId, environment } = run.state
  const latest = await definitions.latest(teamId, 'environment', environment.name)
  return latest?.compiled.touch.irreversible === true
}

/** A person's word is not enough: describing has to show the captured state. @throws AppError state-conflict, upstream-failed */
async function mustBeRestored(
  { run, step, target, signal }: Readonly<{ run: RunRow; step: string; target: string; signal: AbortSignal }>,
  ports: Ports,
): Promise<void> {
  const record = await ports.undo.get(run.id, step)
  const { faults } = await ports.cloud()
  const driver = record === undefined ? undefined : faults.get(record.plan.fault)
  if (record === undefined || driver === undefined)
    throw new AppError(
      'state-conflict',
      `Not done: what step ${step} was captured as cannot be read, so nothing can be compared with it.`,
    )
  const { environment } = await loadDefinitions(run, ports.definitions)
  const site = { operation: `${step}.confirmRecovered`, timeoutMs: LOOK_TIMEOUT_MS, isAct: false }
  const look = await callOut(ports.calls, site, signal, (ends) =>
    driver.confirmRecovered(record.plan, { environment, signal: ends }),
  )
  if (!look.ok)
    throw new AppError(
      'upstream-failed',
      `Not done: ${target} could not be described (${look.failure.code}), so nothing shows that it is restored.`,
    )
  const [seen] = everyTarget([target], look.value.observations)
  if (seen === undefined || !isAsCaptured(seen))
    throw new AppError(
      'state-conflict',
      `Not done: describing ${target} does not show it as it was captured: ${seen?.seen ?? 'nothing'} (${seen?.injection ?? 'unknown'}).`,
    )
}
