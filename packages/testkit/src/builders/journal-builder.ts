import {
  canonicalJson,
  evolve,
  platformInstant,
  plusMs,
  REAL_CLOCK,
  type Actor,
  type CompiledEnvironment,
  type CompiledScenario,
  type DrillId,
  type EnvironmentClock,
  type JournalEvent,
  type PlatformInstant,
  type RunEventBody,
  type RunId,
  type RunState,
} from '@firedrill/core'
import { envelopes, momentAfter } from '../memory/memory-append.ts'
import { sha256 } from '../memory/sha256.ts'
import { buildEnvironment } from './environment-builder.ts'
import { buildScenario } from './scenario-builder.ts'

/** The team of everything that builders make. */
export const TEAM = 'team-a'
/** A person, for events that people cause. */
export const PERSON: Actor = { kind: 'person', id: 'usr_ada', name: 'Ada' }
/** A worker process, for events that the platform causes. */
export const WORKER: Actor = { kind: 'worker', id: 'wrk_1', name: 'worker 1' }
/** A reaper process. */
export const REAPER: Actor = { kind: 'reaper', id: 'reaper-1', name: 'reaper 1' }

/** SHA-256 over the canonical JSON of a compiled definition: the hash that a run pins. */
export function definitionHash(compiled: CompiledScenario | CompiledEnvironment): string {
  return sha256(canonicalJson(compiled))
}

/** The first event of a run of a scenario in an environment. */
export function buildRunCreated(
  from: Readonly<{
    scenario?: CompiledScenario
    environment?: CompiledEnvironment
    teamId?: string
    drillId?: DrillId
    seed?: number
  }> = {},
): Extract<RunEventBody, { type: 'run-created' }> {
  const scenario = from.scenario ?? buildScenario()
  const environment = from.environment ?? buildEnvironment()
  return {
    type: 'run-created',
    data: {
      teamId: from.teamId ?? TEAM,
      drillId: from.drillId ?? 'drl_00000000000000000000000000',
      scenario: { name: scenario.name, hash: definitionHash(scenario) },
      environment: { name: environment.name, hash: definitionHash(environment) },
      seed: from.seed ?? 1,
    },
  }
}

/** A journal of the given bodies, one second apart, hashed and linked as a store would write it. */
export function buildJournal(
  bodies: readonly RunEventBody[],
  options: Readonly<{
    runId?: RunId
    start?: PlatformInstant
    clock?: EnvironmentClock
    actor?: Actor
    everyMs?: number
  }> = {},
): readonly JournalEvent[] {
  const runId = options.runId ?? ('run_00000000000000000000000000' as RunId)
  const start = options.start ?? platformInstant(1_767_225_600_000_000)
  const events: JournalEvent[] = []
  for (const [index, body] of bodies.entries()) {
    const reading = plusMs(start, index * (options.everyMs ?? 1000))
    const moment = momentAfter(events, options.clock ?? REAL_CLOCK, reading)
    events.push(...envelopes(runId, events, [body], moment, options.actor ?? WORKER))
  }
  return events
}

/** Folds a journal. @throws Error when it is empty. */
export function foldJournal(events: readonly JournalEvent[]): RunState {
  let state: RunState | undefined
  for (const event of events) state = evolve(state, event)
  if (state === undefined) throw new Error('a journal without events has no state')
  return state
}

/** The state after `run-created` and the given bodies. */
export function buildRunState(bodies: readonly RunEventBody[] = []): RunState {
  return foldJournal(buildJournal([buildRunCreated(), ...bodies]))
}
