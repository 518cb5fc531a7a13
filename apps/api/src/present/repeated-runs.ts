import type { RepeatedRuns } from '@firedrill/contracts'
import {
  compare,
  observationOf,
  summarise,
  type CompiledScenario,
  type RunFigure,
  type PlatformInstant,
  type RunRow,
  type Summary,
} from '@firedrill/core'

/** Which runs of a scenario: those since an instant, beside those from an earlier one up to it. */
export type RunsAsked = Readonly<{
  environment?: string | undefined
  since?: PlatformInstant | undefined
  against?: PlatformInstant | undefined
}>

/** Runs of a scenario for each of its objectives, and beside the earlier ones. `rows` may be of other scenarios too. */
export function presentRepeatedRuns(
  scenario: CompiledScenario,
  rows: readonly RunRow[],
  { environment, since, against }: RunsAsked,
  isWhole: boolean,
): RepeatedRuns {
  const own = rows.filter(
    ({ state }) =>
      state.scenario.name === scenario.name &&
      state.environment.name === (environment ?? state.environment.name),
  )
  const recent = own.filter(({ createdAt }) => createdAt >= (since ?? 0))
  const earlier =
    since === undefined || against === undefined
      ? undefined
      : own.filter(({ createdAt }) => createdAt >= against && createdAt < since)
  const looked = [...recent, ...(earlier ?? [])]
  return {
    scenario: scenario.name,
    environment: environment ?? null,
    since: since ?? null,
    against: against ?? null,
    versions: new Set(looked.map(({ state }) => state.scenario.hash)).size,
    isWhole,
    objectives: scenario.objectives.map(({ name, kind, maxMs }) => ({
      objective: name,
      kind,
      maxMicros: maxMs * 1000,
      ...besideEarlier(observations(recent, name), earlier && observations(earlier, name)),
    })),
  }
}

function observations(rows: readonly RunRow[], objective: string): readonly RunFigure[] {
  return rows.flatMap(({ id, state }) => observationOf(id, state, objective) ?? [])
}

type Beside = Pick<RepeatedRuns['objectives'][number], 'summary' | 'before' | 'comparison'>

function besideEarlier(recent: readonly RunFigure[], earlier: readonly RunFigure[] | undefined): Beside {
  const summary = plain(summarise(recent))
  if (earlier === undefined) return { summary }
  const figures = (all: readonly RunFigure[]) => all.flatMap(({ observed }) => observed ?? [])
  const comparison = compare(figures(earlier), figures(recent))
  const before = plain(summarise(earlier))
  return comparison === undefined
    ? { summary, before }
    : { summary, before, comparison: { ...comparison, shift: { ...comparison.shift } } }
}

/** The same, as the contract has it. */
function plain({ median, typical, worst, ...counts }: Summary): Beside['summary'] {
  return {
    ...counts,
    ...(median === undefined ? {} : { median: { ...median } }),
    ...(typical === undefined ? {} : { typical: { ...typical, bounds: { ...typical.bounds } } }),
    ...(worst === undefined ? {} : { worst: { ...worst } }),
  }
}
