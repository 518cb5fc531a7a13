import type { AgendaItemView, GameDayTermsView, GameDayView } from '@firedrill/contracts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../app/client.ts'

const EVERY_MS = 2000

/** Whose eyes a game day is seen with. */
export type Eyes = 'leader' | 'room'

/** All game days. */
export function useGameDays() {
  return useQuery({ queryKey: ['game-days'], queryFn: () => api.gameDays.list() })
}

/** One game day, looked at again and again until it is over. */
export function useGameDay(id: string, eyes: Eyes) {
  return useQuery({
    queryKey: ['game-day', id, eyes],
    queryFn: () => api.gameDays.get(id, eyes),
    refetchInterval: ({ state }) => (state.data?.terms.summary === null ? EVERY_MS : false),
  })
}

/** Plans one. */
export function usePlanGameDay() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (terms: GameDayTermsView) => api.gameDays.plan(terms),
    onSuccess: () => client.invalidateQueries({ queryKey: ['game-days'] }),
  })
}

/** Changes a game day as it was read; somebody else's change in between is refused. */
export function useChangeGameDay(day: GameDayView) {
  return useAsked(day.id, (change: Partial<GameDayView['terms']>) =>
    api.gameDays.change(day.id, day.version, { ...day.terms, ...change }),
  )
}

/** Starts a drill of the agenda, and notes which run it became. */
export function useStartItem(day: GameDayView) {
  return useAsked(day.id, async (index: number) => {
    const item = day.terms.agenda[index]
    if (item === undefined) throw new Error(`the agenda has no item ${index}`)
    const { scenario, environment } = item
    const drill = await api.drills.book({ scenario, environment })
    const run = await api.runs.start({ drillId: drill.id })
    const agenda = changedItem(day, index, { run: run.id })
    return api.gameDays.change(day.id, day.version, { ...day.terms, agenda })
  })
}

/** Writes a line into the log. */
export function useWriteLine(day: GameDayView) {
  return useAsked(day.id, (text: string) => api.gameDays.write(day.id, text))
}

/** The agenda with one item changed. Pure. */
export function changedItem(
  { terms }: GameDayView,
  index: number,
  change: Partial<AgendaItemView>,
): AgendaItemView[] {
  return terms.agenda.map((item, at) => (at === index ? { ...item, ...change } : item))
}

function useAsked<T>(id: string, mutationFn: (asked: T) => Promise<GameDayView>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn,
    onSettled: () => client.invalidateQueries({ queryKey: ['game-day', id] }),
  })
}
