import { useQuery } from '@tanstack/react-query'
import { api } from '../../app/client.ts'

const REFRESH_MS = 15_000

/** Every scenario beside its objectives. */
export function useOverview() {
  return useQuery({
    queryKey: ['overview'],
    queryFn: () => api.overview(),
    refetchInterval: REFRESH_MS,
  })
}
