import {
  isRecovery,
  next,
  plusMs,
  type Command,
  type HintQueue,
  type PlatformInstant,
  type RunId,
} from '@firedrill/core'
import { platformAt } from '@firedrill/core'
import { checkPreflight } from './commands/check-guardrails.ts'
import { confirmInjection, inject, prepareUndo } from './commands/inject.ts'
import { checkSteadyState, measureRun, watch } from './commands/observe.ts'
import { planRun } from './commands/plan.ts'
import { confirmRecovery, recover } from './commands/recover.ts'
import { loadDefinitions } from './definitions.ts'
import type { EnginePorts } from './ports.ts'
import { RunMemory } from './run-memory.ts'
import { Fenced, LEASE_MS, RENEW_MS, Tenure } from './tenure.ts'

/** Everything that advancing a run may need. */
export type AdvancePorts = Omit<EnginePorts, 'kits'>

/** What came of a hint. `dropped`: the run is not due or somebody else holds it. */
export type Advanced = 'dropped' | 'yielded' | 'fenced' | 'handed-over'

/** Most commands one hint carries out before it gives the run back, so that no run starves the others. */
const COMMANDS_MAX = 40
/** How often described things are looked at again, in world time; never faster than FLOOR_MS of platform time. */
const POLL_WORLD_MS = 2000
const WATCH_WORLD_MS = 5000
const FLOOR_MS = 50

type Step = 'again' | Readonly<{ wakeAt: PlatformInstant }>

/** The loop of design: claim, decide, intent, guard, act, record, yield. One call serves one hint. */
export function createAdvance(ports: AdvancePorts, memory: RunMemory = new RunMemory()) {
  return async function advance(runId: RunId, role: HintQueue, signal: AbortSignal): Promise<Advanced> {
    const claim = await ports.runs.claim(runId, ports.actor.id, LEASE_MS)
    if (claim === undefined) return 'dropped'
    if (role === 'advance' && isRecovery(claim.run.state.status)) {
      await ports.runs.yield(runId, claim.epoch, claim.now)
      await ports.hints.send('recover', runId)
      return 'handed-over'
    }
    const definitions = await loadDefinitions(claim.run, ports.definitions)
    const clock = await ports.clockOf(claim.run.teamId, definitions.environment)
    const tenure = new Tenure({ ...claim, clock }, definitions, ports)
    const ended = new AbortController()
    const held = AbortSignal.any([signal, ended.signal])
    const renewing = keepLease(tenure, ports, ended)
    try {
      return await serve(tenure, role, ports, memory, held)
    } catch (error) {
      if (error instanceof Fenced) return 'fenced'
      throw error
    } finally {
      ended.abort()
      await renewing
    }
  }
}

async function serve(
  tenure: Tenure,
  role: HintQueue,
  ports: AdvancePorts,
  memory: RunMemory,
  signal: AbortSignal,
): Promise<Advanced> {
  let wakeAt = tenure.now()
  for (let count = 0; count < COMMANDS_MAX && !signal.aborted; count++) {
    if (role === 'advance' && isRecovery(tenure.state.status)) break
    const command = next(tenure.state, {
      scenario: tenure.scenario,
      environment: tenure.environment,
      now: tenure.now(),
      worldNow: tenure.worldNow(),
    })
    const step = await carryOut(command, tenure, ports, memory, signal)
    wakeAt = step === 'again' ? tenure.now() : step.wakeAt
    if (step !== 'again') break
  }
  await ports.runs.yield(tenure.id, tenure.epoch, wakeAt)
  if (wakeAt < FAR) {
    const afterMs = Math.max(0, (wakeAt - tenure.now()) / 1000)
    await ports.hints.send(isRecovery(tenure.state.status) ? 'recover' : 'advance', tenure.id, afterMs)
  } else {
    memory.forget(tenure.id)
  }
  return 'yielded'
}

/** A wake-up that never comes by itself: ends, and waits for people. */
const FAR = 8_000_000_000_000_000 as PlatformInstant

async function carryOut(
  command: Command,
  tenure: Tenure,
  ports: AdvancePorts,
  memory: RunMemory,
  signal: AbortSignal,
): Promise<Step> {
  const soon = (worldMs: number): Step => ({
    wakeAt: plusMs(tenure.now(), Math.max(FLOOR_MS, worldMs / tenure.clock.rate)),
  })
  switch (command.do) {
    case 'end':
      return { wakeAt: FAR }
    case 'wait': {
      const until = command.until === undefined ? FAR : platformAt(tenure.clock, command.until)
      const poll = command.pollMs === undefined ? FAR : plusMs(tenure.now(), command.pollMs)
      return { wakeAt: until < poll ? until : poll }
    }
    case 'back-off':
      return { wakeAt: command.until }
    case 'record': {
      const { status } = tenure.state
      await tenure.recordIf(
        (state) => state.status === status,
        () => command.events,
      )
      return 'again'
    }
    case 'plan':
      await planRun(tenure, ports, signal)
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
      return seen === 'went-on' ? 'again' : soon(POLL_WORLD_MS)
    }
    case 'watch':
      return (await watch(tenure, memory, ports, signal)) === 'news' ? 'again' : soon(WATCH_WORLD_MS)
    case 'recover':
      return (await recover(tenure, command.step, command.reason, ports, signal)) === 'went-on'
        ? 'again'
        : soon(0)
    case 'confirm-recovery':
      return (await confirmRecovery(tenure, command.step, ports, signal)) === 'went-on'
        ? 'again'
        : soon(POLL_WORLD_MS)
    case 'measure':
      await measureRun(tenure, command.provisional, ports, signal)
      return 'again'
  }
}

/** Renews the lease until the work is over; ends the work when the lease is lost. */
async function keepLease(
  tenure: Tenure,
  ports: Pick<EnginePorts, 'runs' | 'clock'>,
  ended: AbortController,
): Promise<void> {
  while (!ended.signal.aborted) {
    await ports.clock.sleep(RENEW_MS, ended.signal)
    if (ended.signal.aborted) return
    const holds = await ports.runs.renew(tenure.id, tenure.epoch, LEASE_MS).catch(() => false)
    if (!holds) ended.abort(new Fenced(`the lease of ${tenure.id} was lost`))
  }
}
