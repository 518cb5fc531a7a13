import type { ChangeSchedule, CreateSchedule, PreviewSchedule, ScheduleView } from '@firedrill/contracts'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../app/client.ts'

const REFRESH_MS = 10_000

/** Everything between two platform instants. */
export function useCalendar(from: number, to: number) {
  return useQuery({
    queryKey: ['calendar', from, to],
    queryFn: () => api.calendar.range(from, to),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  })
}

/** Every schedule, the soonest first. */
export function useSchedules() {
  return useQuery({
    queryKey: ['schedules'],
    queryFn: () => api.schedules.list(),
    refetchInterval: REFRESH_MS,
  })
}

/** Imported calendars of freezes. */
export function useImportedCalendars() {
  return useQuery({ queryKey: ['calendars'], queryFn: () => api.calendar.imported() })
}

/** When something that is not booked yet would come. Asked only when there is something to ask. */
export function usePreview(preview: PreviewSchedule | undefined) {
  return useQuery({
    queryKey: ['preview', preview],
    queryFn: () => (preview === undefined ? [] : api.schedules.preview(preview)),
    enabled: preview !== undefined,
    retry: false,
    placeholderData: keepPreviousData,
  })
}

/** What booking takes: a scenario and an environment instead of a drill. */
export type Book = Omit<CreateSchedule, 'drillId'> & Readonly<{ scenario: string; environment: string }>

/** Books the drill, unless there is one, and its schedule. */
export function useBook() {
  const refresh = useRefresh()
  return useMutation({
    mutationFn: async ({ scenario, environment, ...terms }: Book) => {
      const { id } = await api.drills.book({ scenario, environment })
      return api.schedules.create({ drillId: id, ...terms })
    },
    onSuccess: refresh,
  })
}

/** Changes what a schedule says, as it was read: a change by somebody else meanwhile refuses it. */
export function useChangeSchedule({ id, version }: Pick<ScheduleView, 'id' | 'version'>) {
  const refresh = useRefresh()
  return useMutation({
    mutationFn: (terms: ChangeSchedule) => api.schedules.change(id, version, terms),
    onSuccess: refresh,
  })
}

/** Pauses, resumes or removes a schedule as it was read. */
export function useSwitchSchedule() {
  const refresh = useRefresh()
  return useMutation({
    mutationFn: async ({
      schedule,
      to,
    }: Readonly<{ schedule: ScheduleView; to: 'pause' | 'resume' | 'remove' }>) => {
      await api.schedules[to](schedule.id, schedule.version)
    },
    onSettled: refresh,
  })
}

function useRefresh() {
  const client = useQueryClient()
  return async () => {
    await Promise.all(['calendar', 'schedules'].map((key) => client.invalidateQueries({ queryKey: [key] })))
  }
}
