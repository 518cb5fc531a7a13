import type { RunSummary } from '@firedrill/contracts'
import { STATUS_WORDS } from '../../vocabulary/statuses.ts'
import { verdictWord } from '../../vocabulary/verdicts.ts'
import type { Word } from '../../vocabulary/word.ts'

/** A run as a row of the list. */
export type RunRow = Readonly<{
  id: string
  title: string
  environment: string
  status: Word
  verdict: Word
  /** `so far` while the verdict may still change. */
  verdictNote: string
  createdAt: number
  reason: string
  /** Something of ours may still be broken although the run is not being worked on. */
  isWorrying: boolean
}>

/** Runs for the list, as they come: newest first. */
export function presentRuns(runs: readonly RunSummary[]): readonly RunRow[] {
  return runs.map((run) => ({
    id: run.id,
    title: `${run.scenario.name} · run ${run.number}`,
    environment: run.environment.name,
    status: STATUS_WORDS[run.status],
    verdict: verdictWord(run.verdict),
    verdictNote: run.verdict !== null && run.isProvisional ? 'so far' : '',
    createdAt: run.createdAt,
    reason: run.isAborted && run.reason !== '' ? `aborted: ${run.reason}` : run.reason,
    isWorrying: run.mayBeBroken && (run.isOver || run.status === 'needs-person'),
  }))
}

/** One sentence above the list. */
export function runsSummary(runs: readonly RunSummary[]): string {
  const live = runs.filter((run) => !run.isOver).length
  const broken = runs.filter((run) => run.mayBeBroken).length
  const parts = [`${runs.length} ${runs.length === 1 ? 'run' : 'runs'}`]
  parts.push(live === 0 ? 'none under way' : `${live} under way`)
  if (broken > 0) parts.push(`${broken} with something broken on purpose`)
  return parts.join(', ')
}
