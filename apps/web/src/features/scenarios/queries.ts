import type { PlanAnswer, PlanReference } from '@firedrill/contracts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../app/client.ts'

/** Newest version of every scenario. */
export function useScenarios() {
  return useQuery({ queryKey: ['scenarios'], queryFn: () => api.scenarios.list() })
}

/** One scenario with its text. */
export function useScenario(name: string) {
  return useQuery({ queryKey: ['scenario', name], queryFn: () => api.scenarios.get(name) })
}

/** Newest version of every environment. */
export function useEnvironments() {
  return useQuery({ queryKey: ['environments'], queryFn: () => api.environments.list(), staleTime: 30_000 })
}

/** What kind of place an environment is, in one word; undefined until it is known. */
export function useEnvironmentKind(name: string): string | undefined {
  const environment = useEnvironments().data?.find((candidate) => candidate.name === name)
  if (environment === undefined) return undefined
  return environment.production ? 'production' : environment.environmentKind
}

/** A dry run. Nothing is stored and nothing is touched. */
export function usePlan(scenario: string) {
  return useMutation<PlanAnswer, Error, string>({
    mutationFn: (environment) =>
      api.plan({ scenario: { name: scenario }, environment: { name: environment } }),
  })
}

/** What starting takes. With the reference of a plan, the start is refused when anything in it has changed. */
export type StartDrill = Readonly<{ environment: string; reference: PlanReference | undefined }>

/** Books a drill and starts its run. */
export function useStartDrill(scenario: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ environment, reference }: StartDrill) => {
      const drill = await api.drills.book({ scenario, environment })
      return api.runs.start({
        drillId: drill.id,
        ...(reference === undefined ? {} : { seed: reference.seed, plan: reference }),
      })
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['runs'] }),
  })
}
