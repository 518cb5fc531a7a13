import { ApiError } from '@firedrill/contracts'
import { QueryClient } from '@tanstack/react-query'

const RETRIES_MAX = 2

/** Whether asking again can help: a refusal stays a refusal, a server that is away may come back. */
export function isWorthRetrying(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false
  return error.kind === 'unreachable' || (error.problem?.status ?? 0) >= 500
}

/** Answers of the API, kept while they are on a page. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 1000,
        retry: (failures, error) => failures < RETRIES_MAX && isWorthRetrying(error),
        retryDelay: (failures) => 300 * 2 ** failures,
        networkMode: 'always',
      },
      mutations: { networkMode: 'always', retry: false },
    },
  })
}
