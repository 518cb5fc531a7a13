import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../app/client.ts'

const KEY = ['halt'] as const

/** The global halt, looked at every few seconds on every page. */
export function useHalt() {
  return useQuery({ queryKey: KEY, queryFn: () => api.halt.get(), refetchInterval: 5000 })
}

/** Sets or lifts the halt. */
export function useSetHalt() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ set, reason }: Readonly<{ set: boolean; reason: string }>) =>
      set ? api.halt.set(reason) : api.halt.lift(reason),
    onSuccess: (halt) => {
      client.setQueryData(KEY, halt)
      return client.invalidateQueries({ queryKey: ['runs'] })
    },
  })
}
