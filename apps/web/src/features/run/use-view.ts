import { useNavigate } from '@tanstack/react-router'
import type { RunDetail } from '@firedrill/contracts'
import { useMemo } from 'react'
import type { RunSearch } from './run-search.ts'
import type { Selection } from './timeline/board.tsx'
import { pan, zoom, type View } from './timeline/scale.ts'
import { outage, wholeRun } from './timeline/views.ts'

/** The part of time in view and the selection, both kept in the address, and what changes them. */
export function useView(run: RunDetail, worldNow: number, search: RunSearch) {
  const navigate = useNavigate({ from: '/runs/$runId' })
  const { from, to } = search
  const fixed = useMemo(() => (from === undefined || to === undefined ? undefined : { from, to }), [from, to])
  const view: View = fixed ?? wholeRun(run, worldNow)
  const outageView = outage(run, worldNow)

  const show = (next: View | undefined) =>
    void navigate({
      search: ({ from: _from, to: _to, ...rest }) => (next === undefined ? rest : { ...rest, ...next }),
      replace: true,
      resetScroll: false,
    })
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
    show,
    narrow,
    isFixed: fixed !== undefined,
    hasOutage: outageView !== undefined,
    select,
    actions: {
      zoomIn: () => show(zoom(view, 0.5)),
      zoomOut: () => show(zoom(view, 2)),
      fitRun: () => show(undefined),
      fitOutage: () => {
        if (outageView !== undefined) show(outageView)
      },
      earlier: () => show(pan(view, -0.3)),
      later: () => show(pan(view, 0.3)),
    },
  }
}
