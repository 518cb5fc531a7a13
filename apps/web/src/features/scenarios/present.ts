import type { RunSummary, ScenarioSummary } from '@firedrill/contracts'
import { limit } from '../../format/duration.ts'
import { verdictWord } from '../../vocabulary/verdicts.ts'
import type { Word } from '../../vocabulary/word.ts'

/** A scenario as a line of the catalogue. */
export type CatalogueEntry = Readonly<{
  name: string
  title: string
  hypothesis: string
  faults: string
  objectives: string
  last: Readonly<{ word: Word; at: number; runId: string }> | undefined
}>

/** Scenarios under the domain their label names; those without one come last. */
export type CatalogueGroup = Readonly<{ domain: string; entries: readonly CatalogueEntry[] }>

const NO_DOMAIN = 'other'

/** The catalogue by domain, each entry with the verdict of its newest run that is over. Pure. */
export function presentCatalogue(
  scenarios: readonly ScenarioSummary[],
  runs: readonly RunSummary[],
): readonly CatalogueGroup[] {
  const groups = Map.groupBy(scenarios, ({ labels }) => labels['domain'] ?? NO_DOMAIN)
  return [...groups]
    .map(([domain, members]) => ({
      domain,
      entries: members
        .map((scenario) => entryOf(scenario, runs))
        .sort((a, b) => a.title.localeCompare(b.title)),
    }))
    .sort(
      (a, b) =>
        Number(a.domain === NO_DOMAIN) - Number(b.domain === NO_DOMAIN) || a.domain.localeCompare(b.domain),
    )
}

function entryOf(scenario: ScenarioSummary, runs: readonly RunSummary[]): CatalogueEntry {
  const newest = runs
    .filter((run) => run.isOver && run.scenario.name === scenario.name)
    .reduce<RunSummary | undefined>(
      (best, run) => (best === undefined || run.createdAt > best.createdAt ? run : best),
      undefined,
    )
  return {
    name: scenario.name,
    title: scenario.title,
    hypothesis: scenario.hypothesis,
    faults: scenario.faults.join(', '),
    objectives: objectivesText(scenario),
    last:
      newest === undefined
        ? undefined
        : { word: verdictWord(newest.verdict), at: newest.createdAt, runId: newest.id },
  }
}

/** Objectives in one line: `recovery ≤ 5 min, detection ≤ 3 min`. */
export function objectivesText({ objectives }: Pick<ScenarioSummary, 'objectives'>): string {
  return objectives.map(({ name, maxMicros }) => `${name} ≤ ${limit(maxMicros)}`).join(', ')
}
