import { useNavigate } from '@tanstack/react-router'
import type { RunDetail } from '@firedrill/contracts'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { RunSearch } from './run-search.ts'
import type { Selection } from './timeline/board.tsx'
import { pan, zoom, type View } from './timeline/scale.ts'
import { outage, wholeRun } from './timeline/views.ts'

/** While the wheel turns, the address waits: it is written this long after the last turn. */
const SETTLE_MS = 150

/** The part of time in view and the selection, both kept in the address, and what changes them. */
export function useView(run: RunDetail, worldNow: number, search: RunSearch) {
  const navigate = useNavigate({ from: '/runs/$runId' })
  const { from, to } = search
  const fixed = useMemo(() => (from === undefined || to === undefined ? undefined : { from, to }), [from, to])
  const settled: View = fixed ?? wholeRun(run, worldNow)
  const [moving, setMoving] = useState<View>()
  const view = moving ?? settled
  const outageView = outage(run, worldNow)

  const show = useCallback(
    (next: View | undefined) =>
      navigate({
        search: ({ from: _from, to: _to, ...rest }) => (next === undefined ? rest : { ...rest, ...next }),
        replace: true,
        resetScroll: false,
      }).finally(() => setMoving(undefined)),
    [navigate],
  )
  const latest = useRef(settled)
  useEffect(() => {
    latest.current = settled
  })
  const move = useCallback(
    (change: (view: View) => View) => setMoving((now) => change(now ?? latest.current)),
    [],
  )
  useEffect(() => {
    if (moving === undefined) return
    const timer = setTimeout(() => void show(moving), SETTLE_MS)
    return () => clearTimeout(timer)
  }, [moving, show])
  const select = useMemo(
    () => (selection: Selection) =>
      void navigate({
        search: ({ event: _event, point: _point, ...rest }) => ({ ...rest, ...selection }),
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  )

  const narrow = useMemo(
    () => (filter: Pick<RunSearch, 'find' | 'problems'>) =>
      void navigate({
        search: ({ find: _find, problems: _problems, ...rest }) => ({ ...rest, ...filter }),
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  )

  return {
    view,
    whole: wholeRun(run, worldNow),
    show: (next: View | undefined) => void show(next),
    move,
    narrow,
    isFixed: fixed !== undefined,
    hasOutage: outageView !== undefined,
    select,
    actions: {
      zoomIn: () => void show(zoom(view, 0.5)),
      zoomOut: () => void show(zoom(view, 2)),
      fitRun: () => void show(undefined),
      fitOutage: () => {
        if (outageView !== undefined) void show(outageView)
      },
      earlier: () => void show(pan(view, -0.3)),
      later: () => void show(pan(view, 0.3)),
    },
  }
}
