import {
  AppError,
  type Actor,
  type CompiledEnvironment,
  type CompiledScenario,
  type DefinitionKind,
  type Definitions,
  type DefinitionVersion,
  type DrillId,
  type DrillStore,
  type Ids,
  type Origin,
  type Resolution,
  type Routing,
  type RunId,
  type RunRow,
  type RunState,
  type ScheduleStore,
  type SignOff,
  type SignOffStore,
} from '@firedrill/core'
import { createApplyDefinition } from './apply-definition.ts'
import { createAskByPerson } from './ask-by-person.ts'
import { createAskRunbook, type AskOfRunbookStep } from './ask-runbook.ts'
import { createAddNote, createRequestAbort } from './ask-run.ts'
import { createHaltAll, createLiftHalt } from './halt.ts'
import { createPlanRun, type DryRun } from './plan-run.ts'
import type { EnginePorts } from './ports.ts'
import { createScheduleUseCases } from './schedule-use-cases.ts'
import { createSignReport, type AskToSign } from './sign-report.ts'
import { createStartRun, type PlanReference } from './start-run.ts'

/** What a person asks of one run, and why. */
type AskedOf = Asker & Readonly<{ runId: RunId; reason: string }>

/** Who asks, and for which team. */
export type Asker = Readonly<{ teamId: string; actor: Actor }>

type Ports = Pick<
  EnginePorts,
  | 'calendars'
  | 'runs'
  | 'definitions'
  | 'halt'
  | 'hints'
  | 'installation'
  | 'random'
  | 'calls'
  | 'clockOf'
  | 'samples'
  | 'sha256'
  | 'undo'
> &
  Readonly<{
    ids: Ids
    drills: DrillStore
    schedules: ScheduleStore
    signOffs: SignOffStore
    /** What only a plan asks the cloud with; loaded when the first plan is made, because the SDK is large. */
    cloud: () => Promise<
      Pick<EnginePorts, 'faults' | 'identity' | 'metrics' | 'readiness'> & Readonly<{ routing: Routing }>
    >
    /** Until sign-in is configured: only sandboxes may be started, and their one user may lift a halt. */
    sandboxOnly: boolean
  }>

/** Everything people, pipelines and the API ask of the engine. Each throws an AppError when the answer is no, and has then changed nothing. */
export function createUseCases(ports: Ports) {
  const abort = createRequestAbort(ports)
  const person = createAskByPerson(ports)
  const asked = async (input: AskedOf) => ({ ...input, run: await mustExist(ports, input) })
  const note = createAddNote(ports)
  const askRunbook = createAskRunbook(ports)
  const haltAll = createHaltAll(ports)
  const lift = createLiftHalt(ports)
  const apply = createApplyDefinition(ports)
  const start = createStartRun(ports)
  const signReport = createSignReport(ports)
  return {
    ...createScheduleUseCases(ports),
    async planRun(
      input: Readonly<{
        teamId: string
        scenario: CompiledScenario
        environment: CompiledEnvironment
        seed: number
        signal: AbortSignal
      }>,
    ): Promise<DryRun> {
      const clock = await ports.clockOf(input.teamId, input.environment)
      const plan = createPlanRun({ ...ports, ...(await ports.cloud()) })
      return plan({ ...input, clock, now: await ports.runs.now() }, input.signal)
    },
    async startRun(
      input: Asker &
        Readonly<{ drillId: DrillId; seed?: number; plan?: PlanReference; idempotencyKey?: string }>,
    ): Promise<RunRow> {
      const drill = await ports.drills.get(input.teamId, input.drillId)
      if (drill === undefined) throw new AppError('not-found', `There is no drill ${input.drillId}.`)
      const { seed, plan: reference, idempotencyKey } = input
      return start(drill, input.actor, {
        sandboxOnly: ports.sandboxOnly,
        ...(seed === undefined ? {} : { seed }),
        ...(reference === undefined ? {} : { plan: reference }),
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      })
    },
    async requestAbort(input: Asker & Readonly<{ runId: RunId; reason: string }>): Promise<RunState> {
      await mustExist(ports, input)
      await abort(input.runId, input.actor, input.reason)
      return (await mustExist(ports, input)).state
    },
    async addNote(input: Asker & Readonly<{ runId: RunId; text: string }>): Promise<number> {
      await mustExist(ports, input)
      const events = await note(input.runId, input.actor, input.text)
      return events.at(-1)?.seq ?? 0
    },
    approveRun: async (input: AskedOf & Readonly<{ plan: string }>): Promise<void> =>
      person.approveRun({ ...input, ...(await asked(input)) }),
    declineRun: async (input: AskedOf & Readonly<{ plan: string }>): Promise<void> =>
      person.declineRun({ ...input, ...(await asked(input)) }),
    pauseRun: async (input: AskedOf): Promise<void> => person.pauseRun(await asked(input)),
    resumeRun: async (input: AskedOf): Promise<void> => person.resumeRun(await asked(input)),
    skipStep: async (input: AskedOf & Readonly<{ step: string }>): Promise<void> =>
      person.skipStep({ ...input, ...(await asked(input)) }),
    retryStep: async (input: AskedOf & Readonly<{ step: string }>): Promise<void> =>
      person.retryStep({ ...input, ...(await asked(input)) }),
    takeOver: async (input: AskedOf): Promise<void> => person.takeOver(await asked(input)),
    resolveTarget: async (
      input: AskedOf & Readonly<{ step: string; target: string; answer: Resolution; signal: AbortSignal }>,
    ): Promise<void> => person.resolveTarget({ ...input, ...(await asked(input)) }),
    runbookStep: async (
      input: Asker & Omit<AskOfRunbookStep, 'run' | 'actor'> & Readonly<{ runId: RunId }>,
    ): Promise<void> => askRunbook({ ...input, run: await mustExist(ports, input) }),
    signReport: async (
      input: Asker & Omit<AskToSign, 'run'> & Readonly<{ runId: RunId }>,
    ): Promise<SignOff> => signReport({ ...input, run: await mustExist(ports, input) }),
    async setHalt(input: Asker & Readonly<{ reason: string }>): Promise<void> {
      await haltAll(input.teamId, input.actor, input.reason)
    },
    liftHalt: (input: Asker & Readonly<{ reason: string }>): Promise<void> =>
      lift(input.actor, input.reason, { sandboxOnly: ports.sandboxOnly }),
    applyDefinition: <K extends DefinitionKind>(
      input: Asker & Readonly<{ kind: K; source: string; compiled: Definitions[K]; origin: Origin }>,
    ): Promise<DefinitionVersion<K>> => apply(input),
  }
}

async function mustExist(
  ports: Pick<Ports, 'runs'>,
  { teamId, runId }: Readonly<{ teamId: string; runId: RunId }>,
): Promise<RunRow> {
  const run = await ports.runs.get(teamId, runId)
  if (run === undefined) throw new AppError('not-found', `There is no run ${runId}.`)
  return run
}
