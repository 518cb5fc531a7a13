import type { OverviewRow, OverviewView, TrendRun } from '@firedrill/contracts'
import {
  isEnd,
  observationOf,
  type DefinitionVersion,
  type Drill,
  type Occurrence,
  type PlatformInstant,
  type RunRow,
  type Schedule,
} from '@firedrill/core'
import { presentRun, verdictOf } from './run-summary.ts'

/** Runs of one row that are shown; older ones are in the list of runs. */
const TREND_MAX = 60
/** A schedule whose time has come is given this long to be taken up before its drill is called overdue. */
const GRACE_MICROS = 60_000_000

/** Everything an overview is made from, of one team. */
export type OverviewSource = Readonly<{
  now: PlatformInstant
  isWhole: boolean
  scenarios: readonly DefinitionVersion<'scenario'>[]
  /** Names of environments that are production. */
  production: ReadonlySet<string>
  drills: readonly Drill[]
  schedules: readonly Schedule[]
  /** What became of occurrences. */
  occurrences: readonly Occurrence[]
  /** Newest first. */
  runs: readonly RunRow[]
  /** Version numbers of scenarios by hash. */
  versions: ReadonlyMap<string, number>
}>

/** A row for each scenario in each environment where it is booked or was drilled; one without, where it never was. Pure. */
export function presentOverview(source: OverviewSource): OverviewView {
  const { now, isWhole, scenarios } = source
  return { now, isWhole, rows: scenarios.flatMap((scenario) => rowsOf(scenario, source)) }
}

function rowsOf(version: DefinitionVersion<'scenario'>, source: OverviewSource): readonly OverviewRow[] {
  const { compiled, name } = version
  const drills = source.drills.filter(({ scenario }) => scenario === name)
  const runs = source.runs.filter(({ state }) => state.scenario.name === name)
  const places = new Set([
    ...runs.map(({ state }) => state.environment.name),
    ...drills
      .filter(({ id }) => source.schedules.some(({ drillId }) => drillId === id))
      .map(({ environment }) => environment),
  ])
  const common = {
    scenario: name,
    title: compiled.title,
    service: compiled.labels['service'] ?? '',
    version: version.version,
    objectives: compiled.objectives.map((one) => ({
      name: one.name,
      kind: one.kind,
      maxMicros: one.maxMs * 1000,
    })),
  }
  const never = { runs: [], live: null, nextAt: null, overdueSince: null, overdueWhy: '' }
  if (places.size === 0) return [{ ...common, ...never, environment: null, isProduction: false }]
  return [...places].sort().map((environment): OverviewRow => {
    const here = runs.filter(({ state }) => state.environment.name === environment)
    const done = here.filter(isCarriedOut)
    const live = here.find(({ state }) => !isEnd(state.status))
    const ids = new Set<string>(drills.filter((one) => one.environment === environment).map(({ id }) => id))
    return {
      ...common,
      environment,
      isProduction: source.production.has(environment),
      runs: done
        .slice(0, TREND_MAX)
        .map((row) => trendRun(row, source.versions))
        .toReversed(),
      live: live === undefined ? null : { id: live.id, number: live.number, status: live.state.status },
      ...dueOf(source, ids, done[0]?.createdAt ?? 0),
    }
  })
}

/** A run that ended and from which something was learned, if only that nothing can be told. */
function isCarriedOut({ state }: RunRow): boolean {
  return isEnd(state.status) && verdictOf(state) !== 'not-run'
}

function trendRun(row: RunRow, versions: ReadonlyMap<string, number>): TrendRun {
  const { state } = row
  const { id, number, verdict, reason, isAborted, createdAt } = presentRun(row)
  return {
    id,
    number,
    at: createdAt,
    version: versions.get(state.scenario.hash) ?? null,
    verdict: verdict ?? 'inconclusive',
    reason,
    isAborted,
    results: (state.measurement?.objectives ?? []).map(({ objective, maxMicros, verdict: judged }) => {
      const observed = observationOf(id, state, objective)?.observed
      return {
        objective,
        maxMicros,
        verdict: judged,
        observed: observed === undefined ? null : { ...observed },
      }
    }),
  }
}

/**
 * When the drills come next, and since when one is overdue: the oldest occurrence after the last carried-out run that came to
 * nothing, of a schedule that is not paused.
 */
function dueOf(
  { now, schedules, occurrences, runs }: OverviewSource,
  drills: ReadonlySet<string>,
  lastDrilledAt: number,
): Pick<OverviewRow, 'nextAt' | 'overdueSince' | 'overdueWhy'> {
  const own = schedules.filter(({ drillId, enabled }) => enabled && drills.has(drillId))
  const comes = own.flatMap(({ nextAt }) => nextAt ?? []).sort((a, b) => a - b)
  const waiting = comes.find((at) => at < now - GRACE_MICROS)
  const ids = new Set<string>(own.map(({ id }) => id))
  const failed = occurrences
    .filter(({ scheduleId, at }) => ids.has(scheduleId) && at > lastDrilledAt)
    .flatMap((one) => {
      const run = runs.find(({ id }) => id === one.runId)
      if (one.outcome === 'started' && (run === undefined || !isEnd(run.state.status))) return []
      const why = one.reason === '' && run !== undefined ? presentRun(run).reason : one.reason
      return [{ at: one.at, why }]
    })
    .sort((a, b) => a.at - b.at)
  const [first] = failed
  return {
    nextAt: comes.find((at) => at >= now - GRACE_MICROS) ?? null,
    overdueSince: first?.at ?? waiting ?? null,
    overdueWhy: first?.why ?? (waiting === undefined ? '' : 'its time has come, and nothing has started it'),
  }
}
