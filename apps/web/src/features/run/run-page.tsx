import type { ProbeLane, RunDetail, TimelineEvent } from '@firedrill/contracts'
import { useParams, useSearch } from '@tanstack/react-router'
import { memo, useMemo } from 'react'
import { zoneChoice } from '../../app/preferences.ts'
import { useChoice } from '../../app/stored-choice.ts'
import { useShortcuts } from '../../app/use-shortcuts.ts'
import { useTitle } from '../../app/use-title.ts'
import { Loading } from '../../ui/loading.tsx'
import { ProblemPage } from '../../ui/problem.tsx'
import { STATUS_WORDS } from '../../vocabulary/statuses.ts'
import { verdictWord } from '../../vocabulary/verdicts.ts'
import { useEnvironmentKind } from '../scenarios/queries.ts'
import { ribbonPhases } from './header/ribbon.ts'
import { PhaseRibbon } from './header/phase-ribbon.tsx'
import { RunHeader } from './header/run-header.tsx'
import { FrozenMeanwhile } from './header/frozen-meanwhile.tsx'
import { Inspector } from './inspector/inspector.tsx'
import { platformNowOf } from './live/liveness.ts'
import { Announcer } from './live/live-mark.tsx'
import { useLiveRun, type LiveRun } from './live/use-live-run.ts'
import { presentObjectives } from './objectives/present.ts'
import { ApprovalBox } from './person/approval-box.tsx'
import { PersonBox } from './person/person-box.tsx'
import { useAsk } from './person/use-ask.ts'
import { RunbookBox } from './runbook/runbook-box.tsx'
import { useSamples } from './queries.ts'
import { SheetPage } from './sheet/sheet-page.tsx'
import { selectionOf } from './selection.ts'
import { Board } from './timeline/board.tsx'
import { Minimap } from './timeline/minimap.tsx'
import { Tools } from './tools.tsx'
import { usePaused } from './use-paused.ts'
import { useView } from './use-view.ts'

const NO_LANES: readonly ProbeLane[] = []
/** Neither changes while somebody zooms. */
const StillHeader = memo(RunHeader)
const StillInspector = memo(Inspector)

/** One run: live while it goes on, the record of it afterwards. */
export function RunPage() {
  const { runId } = useParams({ from: '/runs/$runId' })
  return <FollowedRun key={runId} runId={runId} />
}

function FollowedRun({ runId }: Readonly<{ runId: string }>) {
  const live = useLiveRun(runId)
  if (live.run === undefined) {
    return live.error === null ? (
      <Loading what="the run" />
    ) : (
      <ProblemPage error={live.error} onRetry={live.retry} />
    )
  }
  return <ShownRun live={live} run={live.run} />
}

/** Everything below the header, as of one moment. */
type Moment = Readonly<{
  run: RunDetail
  events: readonly TimelineEvent[]
  lanes: readonly ProbeLane[]
  worldNow: number
}>

function ShownRun({ live, run }: Readonly<{ live: LiveRun; run: RunDetail }>) {
  const { events, worldNow, liveness } = live
  const zone = useChoice(zoneChoice)
  const search = useSearch({ from: '/runs/$runId' })
  const fixed =
    search.from === undefined || search.to === undefined ? {} : { from: search.from, to: search.to }
  const lanes = useSamples(run.id, fixed, !run.isOver).data ?? NO_LANES
  const { shown, isPaused, toggle, resume } = usePaused<Moment>({ run, events, lanes, worldNow })
  const { view, whole, hasOutage, show, move, select, narrow, actions } = useView(
    shown.run,
    shown.worldNow,
    search,
  )
  const selection = useMemo(() => selectionOf(search), [search])
  const { find, problems } = search
  const filter = useMemo(
    () => ({
      ...(find === undefined ? {} : { find }),
      ...(problems === undefined ? {} : { problems }),
    }),
    [find, problems],
  )
  const isLive = liveness.kind !== 'over'
  const step = (by: number) => {
    const from = selection.event ?? (by > 0 ? 0 : events.length + 1)
    const event = Math.min(events.length, Math.max(1, from + by))
    if (events.length > 0) select({ event })
  }
  useShortcuts({
    p: () => (isLive ? toggle() : undefined),
    g: resume,
    '.': () => step(1),
    ',': () => step(-1),
    '+': actions.zoomIn,
    '=': actions.zoomIn,
    '-': actions.zoomOut,
    f: actions.fitRun,
    '0': actions.fitRun,
    o: actions.fitOutage,
    a: actions.earlier,
    d: actions.later,
    t: () => zoneChoice.set(zone === 'UTC' ? 'local' : 'UTC'),
    Escape: () => select({}),
  })
  const status = STATUS_WORDS[run.status]
  const objectives = useMemo(() => presentObjectives(run, worldNow), [run, worldNow])
  useTitle(`${run.isOver ? verdictWord(run.verdict).word : status.word}, run ${run.number}, ${run.title}`)
  return (
    <article className="run">
      <StillHeader
        run={run}
        worldNow={worldNow}
        platformNow={platformNowOf(run, worldNow)}
        zone={zone}
        objectives={objectives}
        environmentKind={useEnvironmentKind(run.environment.name)}
      />
      <PersonBox run={run} />
      <ApprovalBox run={run} zone={zone} ask={useAsk(run)} />
      <RunbookBox run={run} lanes={lanes} worldNow={worldNow} />
      <FrozenMeanwhile freezes={run.freezes} zone={zone} />
      <PhaseRibbon phases={ribbonPhases(run, worldNow)} />
      <Tools
        liveness={liveness}
        seq={events.length}
        paused={
          isPaused ? { worldAt: shown.worldNow, newer: events.length - shown.events.length } : undefined
        }
        zone={zone}
        view={view}
        hasOutage={hasOutage}
        actions={{ ...actions, togglePause: toggle }}
      />
      <Minimap
        run={shown.run}
        lanes={shown.lanes}
        worldNow={shown.worldNow}
        whole={whole}
        view={view}
        zone={zone}
        onShow={show}
      />
      <div className="stage">
        <Board {...shown} view={view} zone={zone} selection={selection} onSelect={select} onMove={move} />
        <StillInspector
          run={shown.run}
          events={shown.events}
          selection={selection}
          zone={zone}
          onSelect={select}
        />
      </div>
      <SheetPage
        {...shown}
        zone={zone}
        selected={selection.event}
        filter={filter}
        onFilter={narrow}
        onSelect={select}
      />
      <Announcer
        text={`${status.word}: ${status.means}${run.verdict === null ? '' : ` Verdict ${verdictWord(run.verdict).word}.`}`}
      />
    </article>
  )
}
