import {
  isEnd,
  marginPercentOf,
  OLD_FINDING_MS,
  SERVICE_LABEL,
  type OutcomeStore,
  type PlatformInstant,
  type RunOutcome,
  type ServiceStanding,
} from '@firedrill/core'
import type { MemoryData, MemoryRun } from './memory-data.ts'

/** In-memory `OutcomeStore`: computes from the runs what the real one keeps. */
export function memoryOutcomes(data: MemoryData): OutcomeStore {
  const newestFirst = (teamId: string) =>
    [...data.runs.values()]
      .filter((run) => run.teamId === teamId && isEnd(run.state.status))
      .map((run) => outcomeOf(data, run))
      .sort((a, b) => b.number - a.number)
  return {
    trend: async (teamId, { before = Infinity, limit, service, scenario, environment }) =>
      newestFirst(teamId)
        .filter(
          (one) =>
            one.number < before &&
            (service ?? one.service) === one.service &&
            (scenario ?? one.scenario) === one.scenario &&
            (environment ?? one.environment) === one.environment,
        )
        .slice(0, limit),
    portfolio: async (teamId, { after = '', limit, since }) => {
      const runs = newestFirst(teamId)
      const stored = servicesOf(data, teamId)
      const names = new Set([...stored.values(), ...runs.map(({ service }) => service)])
      return [...names]
        .filter((name) => name > after)
        .sort((a, b) => (a < b ? -1 : 1))
        .slice(0, limit)
        .map((service) => standingOf(data, { teamId, service, stored, since, runs }))
    },
  }
}

function outcomeOf(data: MemoryData, run: MemoryRun): RunOutcome {
  const { scenario, environment, measurement, abort } = run.state
  const pinned = data.definitions.findLast(
    (one) => one.teamId === run.teamId && one.kind === 'scenario' && one.hash === scenario.hash,
  )
  const objectives = (measurement?.objectives ?? []).map(
    ({ objective, kind, maxMicros, observed, verdict }) => ({
      objective,
      kind,
      maxMicros,
      ...(observed === undefined ? {} : { observed }),
      verdict,
    }),
  )
  return {
    runId: run.id,
    number: run.number,
    service: labelOf(pinned?.compiled) ?? scenario.name,
    scenario: scenario.name,
    scenarioHash: scenario.hash,
    environment: environment.name,
    verdict: measurement?.verdict ?? (abort === undefined ? 'not-run' : 'inconclusive'),
    at: run.events.at(-1)?.at ?? run.createdAt,
    marginPercent: marginPercentOf(objectives),
    objectives,
  }
}

function labelOf(compiled: unknown): string | undefined {
  return (compiled as { labels?: Readonly<Record<string, string>> } | undefined)?.labels?.[SERVICE_LABEL]
}

/** Stored scenarios by name, each with its service. */
function servicesOf(data: MemoryData, teamId: string): ReadonlyMap<string, string> {
  const own = data.definitions.filter((one) => one.teamId === teamId && one.kind === 'scenario')
  return new Map(own.map(({ name, compiled }) => [name, labelOf(compiled) ?? name]))
}

function standingOf(
  data: MemoryData,
  {
    teamId,
    service,
    stored,
    since,
    runs,
  }: Readonly<{
    teamId: string
    service: string
    stored: ReadonlyMap<string, string>
    since: PlatformInstant
    runs: readonly RunOutcome[]
  }>,
): ServiceStanding {
  const own = runs.filter((run) => run.service === service)
  const period = own.filter(({ at }) => at >= since)
  const count = (verdict: string) => period.filter((run) => run.verdict === verdict).length
  const margins = period.flatMap(({ marginPercent }) => marginPercent ?? [])
  const decided = new Map<string, RunOutcome>()
  for (const run of own.toReversed())
    if (run.verdict === 'held' || run.verdict === 'deviated')
      decided.set(`${run.scenario}\n${run.environment}`, run)
  const ids = new Set(own.map(({ runId }) => runId))
  const newest = new Map(
    data.findings
      .filter(({ runId }) => ids.has(runId))
      .map((finding) => [`${finding.runId}/${finding.number}`, finding]),
  )
  const open = [...newest.values()].filter(({ state }) => state === 'open')
  const due = [...data.schedules.values()].flatMap(({ drillId, nextAt, enabled, teamId: team }) => {
    const name = data.drills.get(drillId)?.scenario ?? ''
    return team === teamId && enabled && stored.get(name) === service ? (nextAt ?? []) : []
  })
  const [last] = own
  return {
    service,
    scenarios: [...stored.values()].filter((name) => name === service).length,
    held: count('held'),
    deviated: count('deviated'),
    inconclusive: count('inconclusive'),
    notRun: count('not-run'),
    last:
      last === undefined
        ? null
        : { runId: last.runId, number: last.number, at: last.at, verdict: last.verdict },
    marginPercent: margins.length === 0 ? null : Math.min(...margins),
    dueAt: due.toSorted((a, b) => a - b)[0] ?? null,
    openFindings: open.length,
    oldFindings: open.filter(({ openedAt }) => openedAt < data.now() - OLD_FINDING_MS * 1000).length,
    failing: [...decided.values()].filter(({ verdict }) => verdict === 'deviated').length,
  }
}
