import {
  dirtySteps,
  FAR_PLATFORM,
  isEnd,
  isResponseStep,
  isRecovery,
  next,
  platformAt,
  plusMs,
  stepsToUndo,
  worldInstant,
  type Claim,
  type Command,
  type HintQueue,
  type PlatformInstant,
  type Wake,
  type WorldInstant,
  type RunId,
  type RunState,
} from '@firedrill/core'
import { checkPreflight } from './commands/check-guardrails.ts'
import { confirmInjection, inject, prepareUndo } from './commands/inject.ts'
import {
  checkSteadyState,
  measureRun,
  STOP_CONDITION_EVERY_MS,
  stopIfBreached,
  watch,
} from './commands/observe.ts'
import { releaseDeadMan } from './commands/dead-man.ts'
import { callPerson } from './commands/page.ts'
import { planRun } from './commands/plan.ts'
import { confirmRecovery, recover } from './commands/recover.ts'
import { loadDefinitions } from './definitions.ts'
import { keepLease, watchForAbort } from './keep-hold.ts'
import type { EnginePorts } from './ports.ts'
import { RunMemory } from './run-memory.ts'
import { Fenced, LEASE_MS, Tenure, type ClaimTaken } from './tenure.ts'

/** Everything that advancing a run may need. */
export type AdvancePorts = Omit<EnginePorts, 'kits'>

/** What came of a hint. `dropped`: the run is not due or somebody else holds it. */
export type Advanced = 'dropped' | 'yielded' | 'fenced' | 'handed-over'

/** Most commands one hint carries out before it gives the run back, so that no run starves the others. */
const COMMANDS_MAX = 40
/** How often described things are looked at again, in world time; never faster than FLOOR_MS of either clock. */
const POLL_WORLD_MS = 2000
const WATCH_WORLD_MS = 5000
const FLOOR_MS = 50
/** How long a run waits after a worker could not serve it. */
const FAILED_WAIT_MS = 1000

type Step = 'again' | Wake

/** The loop of design: claim, decide, intent, guard, act, record, yield. One call serves one hint. */
export function createAdvance(ports: AdvancePorts, memory: RunMemory = new RunMemory()) {
  return async function advance(runId: RunId, role: HintQueue, signal: AbortSignal): Promise<Advanced> {
    const askedMs = ports.clock.monotonicMs()
    const claim = await ports.runs.claim(runId, ports.actor.id, LEASE_MS)
    const taken = { askedMs, answeredMs: ports.clock.monotonicMs() }
    if (claim === undefined) return 'dropped'
    if (role === 'advance' && isRecovery(claim.run.state.status)) {
      await ports.runs.yield(runId, claim.epoch, { at: claim.now })
      await hint(ports, 'recover', runId)
      return 'handed-over'
    }
    try {
      return await hold(claim, taken, role, ports, memory, signal)
    } catch (error) {
      if (error instanceof Fenced) return 'fenced'
      // What went wrong here may go right elsewhere or later: the run must not wait for the lease to run out.
      const again = plusMs(claim.now, ports.clock.monotonicMs() - taken.answeredMs + FAILED_WAIT_MS)
      await ports.runs.yield(runId, claim.epoch, { at: again }).catch(() => undefined)
      throw error
    }
  }
}

async function hold(
  claim: Claim,
  taken: ClaimTaken,
  role: HintQueue,
  ports: AdvancePorts,
  memory: RunMemory,
  signal: AbortSignal,
): Promise<Advanced> {
  const definitions = await loadDefinitions(claim.run, ports.definitions)
  const clock = await ports.clockOf(claim.run.teamId, definitions.environment)
  const tenure = new Tenure({ ...claim, clock }, definitions, ports, taken)
  const ended = new AbortController()
  const held = AbortSignal.any([signal, ended.signal])
  // Undo is not stopped by an abort, and a run that was aborted once is not called off again.
  const keeping = [keepLease(tenure, ports, signal, ended)]
  if (role === 'advance' && tenure.state.abort === undefined)
    keeping.push(watchForAbort(tenure, ports, ended))
  try {
    if (claim.lost !== undefined) await tellOfLoss(tenure, claim.lost, ports)
    return await serve(tenure, role, ports, memory, held)
  } finally {
    ended.abort()
    await Promise.all(keeping)
  }
}

/** Who reads the journal must see where a process was lost: what follows looks like any other step. */
async function tellOfLoss(
  tenure: Tenure,
  lost: string,
  { actor }: Pick<EnginePorts, 'actor'>,
): Promise<void> {
  const text =
    lost === actor.id
      ? `${lost} lost its hold on this run and takes it up again`
      : `${lost} had this run in hand and is not heard of any more; ${actor.id} goes on with it`
  await tenure.record([{ type: 'note-added', data: { text } }])
}

/** A hint is a nudge: one that is lost costs a reconcile period, and must not look like a failure of the work. */
async function hint(
  ports: Pick<EnginePorts, 'hints'>,
  queue: HintQueue,
  runId: RunId,
  afterMs?: number,
): Promise<void> {
  await ports.hints.send(queue, runId, afterMs).catch(() => undefined)
}

async function serve(
  tenure: Tenure,
  role: HintQueue,
  ports: AdvancePorts,
  memory: RunMemory,
  signal: AbortSignal,
): Promise<Advanced> {
  let wake: Wake = { at: tenure.now() }
  for (let count = 0; count < COMMANDS_MAX && !signal.aborted; count++) {
    if (role === 'advance' && isRecovery(tenure.state.status)) break
    if (isWatched(tenure.state) && (await stopIfBreached(tenure, memory, ports, signal))) continue
    const command = next(tenure.state, {
      scenario: tenure.scenario,
      environment: tenure.environment,
      now: tenure.now(),
      worldNow: tenure.worldNow(),
      pageEveryMs: ports.installation.pageEveryMs,
    })
    const step = await carryOut(command, tenure, ports, memory, signal)
    wake = step === 'again' ? { at: tenure.now() } : step
    if (step !== 'again') break
  }
  await ports.runs.yield(tenure.id, tenure.epoch, wake)
  const dueAt =
    wake.worldAt === undefined ? wake.at : earlier(wake.at, platformAt(tenure.clock, wake.worldAt))
  if (dueAt < FAR_PLATFORM) {
    const afterMs = Math.max(0, (dueAt - tenure.now()) / 1000)
    await hint(ports, isRecovery(tenure.state.status) ? 'recover' : 'advance', tenure.id, afterMs)
  } else if (isEnd(tenure.state.status)) {
    memory.forget(tenure.id)
  }
  return 'yielded'
}

function earlier(a: PlatformInstant, b: PlatformInstant): PlatformInstant {
  return a < b ? a : b
}

/** Ends, and waits for people: a wake-up that never comes by itself. */
const NEVER: Wake = { at: FAR_PLATFORM }

/** At a world instant, but neither clock is looked at more often than every FLOOR_MS. */
function atWorld(tenure: Tenure, worldAt: WorldInstant): Wake {
  const floor = plusMs(tenure.worldNow(), FLOOR_MS * Math.max(1, tenure.clock.rate))
  return { at: FAR_PLATFORM, worldAt: worldAt < floor ? floor : worldAt }
}

async function carryOut(
  command: Command,
  tenure: Tenure,
  ports: AdvancePorts,
  memory: RunMemory,
  signal: AbortSignal,
): Promise<Step> {
  const soon = (worldMs: number): Step => atWorld(tenure, plusMs(tenure.worldNow(), worldMs))
  switch (command.do) {
    case 'end':
      return NEVER
    case 'wait': {
      const at = command.pollMs === undefined ? FAR_PLATFORM : plusMs(tenure.now(), command.pollMs)
      const isAsked = isWatched(tenure.state) && tenure.scenario.stopConditions.length > 0
      const watched = isAsked ? plusMs(tenure.worldNow(), STOP_CONDITION_EVERY_MS) : undefined
      const until = [command.until, watched].filter((instant) => instant !== undefined)
      if (until.length === 0) return { at }
      return { ...atWorld(tenure, worldInstant(Math.min(...until))), at }
    }
    case 'back-off':
      return { ...atWorld(tenure, command.until), ...(command.at === undefined ? {} : { at: command.at }) }
    case 'record': {
      const { status } = tenure.state
      await tenure.recordIf(
        (state) => state.status === status,
        () => command.events,
      )
      return 'again'
    }
    case 'plan':
      await planRun(tenure, memory, ports, signal)
      return 'again'
    case 'check-guardrails':
      await checkPreflight(tenure, ports, signal)
      return 'again'
    case 'check-steady-state':
      return (await checkSteadyState(tenure, ports, signal)) === 'went-on' ? 'again' : soon(WATCH_WORLD_MS)
    case 'prepare-undo':
      await prepareUndo(tenure, command.step, ports)
      return 'again'
    case 'inject':
      return (await inject(tenure, command.step, ports, signal)) === 'went-on' ? 'again' : soon(0)
    case 'confirm-injection': {
      const seen = await confirmInjection(tenure, command.step, memory, ports, signal)
      if (seen === 'again')
        return (await inject(tenure, command.step, ports, signal)) === 'went-on' ? 'again' : soon(0)
      return seen === 'went-on' ? 'again' : soon(POLL_WORLD_MS / Math.max(1, openSteps(tenure.state)))
    }
    case 'release-dead-man':
      return (await releaseDeadMan(tenure, command.step, ports, signal)) === 'went-on' ? 'again' : soon(0)
    case 'watch':
      return (await watch(tenure, memory, ports, signal)) === 'news' ? 'again' : soon(WATCH_WORLD_MS)
    case 'recover': {
      const turn = turnToGo(command.step, tenure, memory)
      if ('until' in turn) return atWorld(tenure, turn.until)
      const went = await recover(tenure, turn.steps, command.reason, memory, ports, signal)
      return went === 'went-on' ? 'again' : soon(0)
    }
    case 'confirm-recovery':
      return (await confirmRecovery(tenure, command.step, memory, ports, signal)) === 'went-on'
        ? 'again'
        : soon(POLL_WORLD_MS / Math.max(1, dirtySteps(tenure.state).length))
    case 'page':
      await callPerson(tenure, command, ports, signal)
      return 'again'
    case 'measure':
      return (await measureRun(tenure, command.provisional, ports, signal)) === 'went-on'
        ? 'again'
        : soon(POLL_WORLD_MS)
  }
}

/**
 * The steps that are asked to go now, or until when none is. Faults never wait for each other. Steps of a response do once one of them
 * was turned away for asking too often: all use one budget, and asking for each of them only empties it.
 */
function turnToGo(
  least: string,
  tenure: Tenure,
  memory: RunMemory,
): Readonly<{ steps: readonly string[] } | { until: WorldInstant }> {
  const until = memory.turnedAwayUntil(tenure.id)
  const step = tenure.scenario.steps.find(({ name }) => name === least)
  if (until === undefined || step === undefined || !isResponseStep(step))
    return { steps: stepsToUndo(tenure.state, tenure.scenario, tenure.worldNow()) }
  return until > tenure.worldNow() ? { until } : { steps: [least] }
}

/** How many steps are asked for and not yet seen to be in: each is looked at as often as if it were alone. */
function openSteps({ steps }: RunState): number {
  return Object.values(steps).filter(
    ({ requestedAt, injected }) => requestedAt !== undefined && injected === undefined,
  ).length
}

/** Stop conditions are asked while faults go in or are in, until they are taken out, whether or not the run is held. */
function isWatched(state: RunState): boolean {
  const { status } = state
  if (status === 'paused') return dirtySteps(state).length > 0
  return status === 'injecting' || status === 'observing' || status === 'responding'
}
