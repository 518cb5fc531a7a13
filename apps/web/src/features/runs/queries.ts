import { useQuery } from '@tanstack/react-query'
import { api } from '../../app/client.ts'

const WHILE_LIVE_MS = 2000
const OTHERWISE_MS = 8000

/** The newest runs, looked at more often while one of them is under way. */
export function useRuns() {
  return useQuery({
    queryKey: ['runs'],
    queryFn: () => api.runs.list({ limit: 100 }),
    refetchInterval: ({ state }) =>
      state.data?.some((run) => !run.isOver) === true ? WHILE_LIVE_MS : OTHERWISE_MS,
  })
}
