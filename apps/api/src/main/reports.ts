import type { JournalEvent, RunRow, Sha256, Signer } from '@firedrill/core'
import type { Stores } from '@firedrill/db'
import { pinned, renderReport, type Report } from '@firedrill/report'
import { findVersion } from '../routes/definitions.ts'

/** Renders the report of a run from its journal and evidence. The same run gives the same bytes. */
export type RenderRun = (run: RunRow) => Promise<Report>

type Ports = Pick<Stores, 'runs' | 'definitions' | 'undo' | 'evidence' | 'signOffs' | 'findings'> &
  Readonly<{ sha256: Sha256; signer: Signer; generator: string }>

const PAGE = 1000

/** Gathers what a report is made from and renders it. @throws AppError `not-found` when a pinned definition is gone. */
export function createRenderRun(ports: Ports): RenderRun {
  return async (run) => {
    const { scenario, environment } = run.state
    const [events, pinnedScenario, pinnedEnvironment, undo, evidence, signOffs, findings] = await Promise.all(
      [
        wholeJournal(ports, run),
        findVersion(ports.definitions, run.teamId, 'scenario', scenario.name, scenario.hash),
        findVersion(ports.definitions, run.teamId, 'environment', environment.name, environment.hash),
        ports.undo.ofRun(run.id),
        ports.evidence.ofRun(run.id),
        ports.signOffs.ofRun(run.id),
        ports.findings.ofRun(run.id),
      ],
    )
    const { sha256, signer, generator } = ports
    return renderReport({
      run,
      events,
      scenario: pinned(pinnedScenario),
      environment: pinned(pinnedEnvironment),
      undo,
      evidence,
      signOffs,
      findings,
      generator,
      sha256,
      signer,
    })
  }
}

/** Every event of a run, by pages. */
export async function wholeJournal(
  { runs }: Pick<Ports, 'runs'>,
  run: RunRow,
): Promise<readonly JournalEvent[]> {
  const events: JournalEvent[] = []
  for (;;) {
    const page = await runs.events(run.id, events.length, PAGE)
    events.push(...page)
    if (page.length < PAGE) return events
  }
}
