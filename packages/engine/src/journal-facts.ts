import {
  injectSteps,
  isResponseStep,
  worldInstant,
  type CompiledScenario,
  type MeasureInput,
  type RunbookMark,
  type RunState,
  type WorldInstant,
} from '@firedrill/core'

type Bounds = Readonly<{ lo: WorldInstant; hi: WorldInstant }>

/** What a measurement takes from the journal. */
export type JournalFacts = Pick<
  MeasureInput,
  | 'faultsConfirmed'
  | 'faultsGone'
  | 'skipped'
  | 'left'
  | 'injected'
  | 'injectionIssuedAt'
  | 'undoIssuedAt'
  | 'nativeExpiryAt'
  | 'restored'
  | 'failback'
  | 'aborted'
  | 'refused'
  | 'decided'
  | 'acted'
>

/** What is known besides the journal: when it was read, and which of the scenario's faults the cloud ends by itself. */
export type FactsContext = Readonly<{ now: WorldInstant; nativeFaults: readonly string[] }>

/** Reads a run's folded journal for a measurement. Pure, so that it gives the same again from the same journal. */
export function journalFacts(
  state: RunState,
  scenario: CompiledScenario,
  { now, nativeFaults }: FactsContext,
): JournalFacts {
  const { decided, acted, failback } = responseFacts(state, scenario)
  return {
    faultsConfirmed: injectSteps(scenario).every((step) => state.steps[step.name]?.injected !== undefined),
    faultsGone: Object.values(state.steps).flatMap((step) => step.recovery?.gone ?? []),
    skipped: skippedFaults(state, scenario),
    left: leftTargets(state),
    injected: injectedBounds(state),
    injectionIssuedAt: injectionIssuedAt(state),
    undoIssuedAt: undoIssuedAt(state, now),
    nativeExpiryAt: nativeExpiryAt(state, scenario, nativeFaults),
    restored: restoredBounds(state),
    ...(failback === undefined ? {} : { failback }),
    aborted: state.abort?.reason,
    refused: state.refusal,
    decided: markedBounds(state, 'decided') ?? decided,
    acted: markedBounds(state, 'acted') ?? acted,
  }
}

function skippedFaults(state: RunState, scenario: CompiledScenario): readonly string[] {
  return injectSteps(scenario).flatMap(({ name }) => {
    const skipped = state.skipped?.[name]
    return skipped === undefined ? [] : [`step ${name} (${skipped.by}: ${skipped.reason})`]
  })
}

function leftTargets(state: RunState): readonly string[] {
  return Object.values(state.steps).flatMap(({ targets }) =>
    Object.entries(targets).flatMap(([id, { injection, decision }]) =>
      injection === 'left' ? [`${id}, ${decision?.by ?? 'a person'}: ${decision?.reason ?? ''}`] : [],
    ),
  )
}

/** When the first fault took effect. The cloud's own stamp only narrows what describing showed, by its assumed ±1 s. */
function injectedBounds(state: RunState): Bounds | undefined {
  const bounds = Object.values(state.steps).flatMap(({ injected }) => {
    if (injected === undefined) return []
    const { lo, hi, actedAt } = injected
    const acted = actedAt === undefined ? lo : Math.max(lo, actedAt - STAMP_ERROR_MICROS)
    return [{ lo: worldInstant(Math.min(acted, hi)), hi: worldInstant(hi) }]
  })
  return bounds.toSorted((a, b) => a.lo - b.lo)[0]
}

/** The request is journaled before its first call goes out, so whatever the fault did came later. */
function injectionIssuedAt(state: RunState): WorldInstant | undefined {
  const times = Object.values(state.steps).flatMap(({ requestedAt }) => requestedAt ?? [])
  return times.length === 0 ? undefined : worldInstant(Math.min(...times))
}

/** Assumed error of a service's own time stamps. */
const STAMP_ERROR_MICROS = 1_000_000

/**
 * When the first undo may have been issued. From its expiry on the dead man takes a fault out by itself, and what it does
 * while the database is away is journaled only later: no undo counts as later than that.
 */
function undoIssuedAt(state: RunState, now: WorldInstant): WorldInstant | undefined {
  const times = Object.values(state.steps).flatMap(({ requestedAt, expiresAt, recovery }) => [
    ...(recovery === undefined ? [] : [recovery.requestedAt]),
    ...(requestedAt !== undefined && expiresAt !== undefined && expiresAt <= now ? [expiresAt] : []),
  ])
  return times.length === 0 ? undefined : worldInstant(Math.min(...times))
}

function nativeExpiryAt(
  state: RunState,
  scenario: CompiledScenario,
  nativeFaults: readonly string[],
): WorldInstant | undefined {
  const ends = injectSteps(scenario).flatMap((step) => {
    const current = state.steps[step.name]
    if (!nativeFaults.includes(step.fault) || current?.requestedAt === undefined) return []
    // The earliest at which the cloud may have begun to count; its own stamp only narrows that, by its assumed error.
    const stamped = (current.injected?.actedAt ?? 0) - STAMP_ERROR_MICROS
    return [Math.max(current.requestedAt, stamped) + step.durationMs * 1000]
  })
  return ends.length === 0 ? undefined : worldInstant(Math.min(...ends))
}

/** A step that stands for a point in time was begun before it and done after it. The first such step counts. */
function markedBounds(state: RunState, mark: RunbookMark): Bounds | undefined {
  const bounds = Object.values(state.runbookSteps ?? {}).flatMap(({ marks, started, done }) =>
    marks === mark && started !== undefined && done !== undefined
      ? [{ lo: worldInstant(started.at), hi: worldInstant(done.at) }]
      : [],
  )
  return bounds.toSorted((a, b) => a.lo - b.lo)[0]
}

/** What the platform itself did in response: when that was decided, when its first step took effect, and the way back. */
function responseFacts(
  state: RunState,
  scenario: CompiledScenario,
): Pick<JournalFacts, 'decided' | 'acted' | 'failback'> {
  const { decidedAt, failbackAt } = state
  if (decidedAt === undefined) return {}
  const decided = worldInstant(decidedAt)
  const steps = injectSteps(scenario).flatMap((step) => {
    const current = isResponseStep(step) ? state.steps[step.name] : undefined
    return current?.requestedAt === undefined ? [] : [current]
  })
  const [first] = steps
  const acted =
    first?.requestedAt === undefined || first.acceptedAt === undefined
      ? {}
      : { acted: { lo: worldInstant(first.requestedAt), hi: worldInstant(first.acceptedAt) } }
  const about = { decided: { lo: decided, hi: decided }, ...acted }
  if (failbackAt === undefined) return about
  const undone = steps.flatMap(({ recovery }) =>
    recovery?.verifiedAt === undefined ? [] : [{ lo: recovery.requestedAt, hi: recovery.verifiedAt }],
  )
  const last = undone.length < steps.length ? undefined : undone.toSorted((a, b) => b.hi - a.hi)[0]
  const done = last === undefined ? {} : { done: { lo: worldInstant(last.lo), hi: worldInstant(last.hi) } }
  const began = worldInstant(failbackAt)
  return { ...about, failback: { began: { lo: began, hi: began }, ...done } }
}

function restoredBounds(state: RunState): Bounds | undefined {
  const touched = Object.values(state.steps).filter((step) => step.requestedAt !== undefined)
  const seen = touched.flatMap(({ recovery }) =>
    recovery?.verifiedAt === undefined ? [] : [{ lo: recovery.requestedAt, hi: recovery.verifiedAt }],
  )
  if (seen.length === 0 || seen.length < touched.length) return undefined
  return {
    lo: worldInstant(Math.max(...seen.map(({ lo }) => lo))),
    hi: worldInstant(Math.max(...seen.map(({ hi }) => hi))),
  }
}
