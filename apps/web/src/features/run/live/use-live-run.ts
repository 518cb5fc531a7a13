import type { RunDetail, TimelineEvent } from '@firedrill/contracts'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { api } from '../../../app/client.ts'
import { useRun } from '../queries.ts'
import { createRunFeed } from './run-feed.ts'
import { livenessOf, worldNowOf, type Liveness } from './liveness.ts'

const TICK_MS = 250
/** How long after an event the run is asked for again; a burst of events asks once. */
const REREAD_MS = 120

/** A run and everything that arrives about it. */
export type LiveRun = Readonly<{
  run: RunDetail | undefined
  error: unknown
  retry: () => void
  events: readonly TimelineEvent[]
  worldNow: number
  liveness: Liveness
}>

/** Follows a run for as long as its page is open. */
export function useLiveRun(runId: string): LiveRun {
  const [feed] = useState(() =>
    createRunFeed(
      (id, how) => api.runs.follow(id, how),
      runId,
      () => performance.now(),
    ),
  )
  const state = useSyncExternalStore(feed.subscribe, feed.get)
  useEffect(() => feed.open(), [feed])
  const query = useRun(runId)
  const { data: run, refetch } = query
  const newest = state.events.at(-1)?.seq ?? 0
  const isBehind = run !== undefined && run.seq < newest
  useEffect(() => {
    if (!isBehind) return
    const timer = setTimeout(() => void refetch(), REREAD_MS)
    return () => clearTimeout(timer)
  }, [isBehind, newest, refetch, query.dataUpdatedAt])
  const nowMs = useTick(run?.isOver !== true)
  return {
    run,
    error: query.error ?? state.error,
    retry: () => void refetch(),
    events: state.events,
    worldNow: run === undefined ? 0 : worldNowOf(run, state, nowMs),
    liveness: livenessOf(state, run?.isOver === true, nowMs),
  }
}

function useTick(isOn: boolean): number {
  const [now, setNow] = useState(() => performance.now())
  useEffect(() => {
    if (!isOn) return
    const timer = setInterval(() => setNow(performance.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [isOn])
  return now
}
