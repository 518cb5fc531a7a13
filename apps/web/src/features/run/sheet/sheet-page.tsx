import type { ProbeLane, RunDetail, TimelineEvent } from '@firedrill/contracts'
import { memo } from 'react'
import type { Zone } from '../../../format/time.ts'
import { presentObjectives } from '../objectives/present.ts'
import { Objectives } from '../objectives/objectives.tsx'
import type { Selection } from '../timeline/board.tsx'
import { Steps } from '../person/steps.tsx'
import { lanesUntil } from '../timeline/overlays.ts'
import { timelineRows } from '../timeline/rows.ts'
import { AddNote } from './add-note.tsx'
import { Findings } from './findings.tsx'
import type { JournalFilter } from './chosen-events.ts'
import { Guardrails } from './guardrails.tsx'
import { Journal } from './journal.tsx'
import { Parts } from './parts.tsx'
import { Record } from './record.tsx'
import { Targets } from './targets.tsx'
import { TimelineTable } from './timeline-table.tsx'

/** What a run is judged by, what it touched, and what it left, in the order in which people ask. Zooming does not draw it again. */
export const SheetPage = memo(function SheetPage({
  run,
  events,
  lanes,
  worldNow,
  zone,
  selected,
  filter,
  onFilter,
  onSelect,
}: Readonly<{
  run: RunDetail
  events: readonly TimelineEvent[]
  lanes: readonly ProbeLane[]
  worldNow: number
  zone: Zone
  selected: number | undefined
  filter: JournalFilter
  onFilter: (filter: JournalFilter) => void
  onSelect: (selection: Selection) => void
}>) {
  return (
    <div className="sheet-page">
      <div>
        <Objectives
          rows={presentObjectives(run, worldNow)}
          isFinal={run.isOver && run.measurement?.provisional !== true}
        />
        {run.measurement === null ? null : <Parts measurement={run.measurement} response={run.response} />}
        <Steps run={run} />
        <Targets run={run} events={events} zone={zone} />
        <Findings run={run} />
        <Guardrails run={run} zone={zone} />
        <Journal
          events={events}
          zone={zone}
          selected={selected}
          filter={filter}
          onFilter={onFilter}
          onSelect={onSelect}
        />
        <AddNote runId={run.id} />
        <TimelineTable
          rowsOf={() => timelineRows({ run, events, worldNow, zone })}
          lanes={lanes}
          until={lanesUntil(run, worldNow)}
          zone={zone}
        />
      </div>
      <Record run={run} zone={zone} />
    </div>
  )
})
