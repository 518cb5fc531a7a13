import type { ProbeLane, RunDetail, RunRunbook } from '@firedrill/contracts'
import { Icon } from '../../../ui/icon.tsx'
import { nextStep, progressWords } from './present.ts'
import { RunbookStepItem } from './runbook-step.tsx'

/** What people follow while the system is down: each step with who, how long, and what to do. Nothing for a run without one. */
export function RunbookBox({
  run,
  lanes,
  worldNow,
}: Readonly<{ run: RunDetail; lanes: readonly ProbeLane[]; worldNow: number }>) {
  return run.runbook === null ? null : (
    <Shown run={run} runbook={run.runbook} lanes={lanes} worldNow={worldNow} />
  )
}

function Shown({
  run,
  runbook,
  lanes,
  worldNow,
}: Readonly<{ run: RunDetail; runbook: RunRunbook; lanes: readonly ProbeLane[]; worldNow: number }>) {
  const next = runbook.isOpen ? nextStep(runbook) : undefined
  return (
    <section className="runbook" aria-labelledby="h-runbook">
      <header>
        <h2 id="h-runbook">
          <Icon name="people" className="people" /> {runbook.title}
        </h2>
        <span className="soft">{progressWords(runbook)}</span>
        <button type="button" className="btn is-quiet no-print" onClick={() => globalThis.print()}>
          <Icon name="document" /> Print
        </button>
      </header>
      <ol>
        {runbook.steps.map((step, index) => (
          <RunbookStepItem
            key={step.name}
            run={run}
            step={step}
            number={index + 1}
            isNext={step.name === next?.name}
            isOpen={runbook.isOpen}
            lanes={lanes}
            worldNow={worldNow}
          />
        ))}
      </ol>
    </section>
  )
}
