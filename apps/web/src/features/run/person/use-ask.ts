import { useQueryClient } from '@tanstack/react-query'
import type { ResolveTarget, RunbookAct, RunDetail, SignReport } from '@firedrill/contracts'
import { api } from '../../../app/client.ts'

/** What a person may ask of a run besides an abort. Each answer means that it was heard; the page shows what came of it. */
export function useAsk(run: Pick<RunDetail, 'id'>) {
  const client = useQueryClient()
  const then = async <T>(asked: Promise<T>): Promise<T> => {
    const answer = await asked
    await client.invalidateQueries({ queryKey: ['run', run.id] })
    return answer
  }
  const signed = async (act: SignReport) => {
    const sheet = await api.runs.sign(run.id, act)
    client.setQueryData(['sign-off', run.id], sheet)
    return sheet
  }
  return {
    approve: (plan: string, reason: string) => then(api.runs.approve(run.id, { plan, reason })),
    decline: (plan: string, reason: string) => then(api.runs.decline(run.id, { plan, reason })),
    pause: (reason: string) => then(api.runs.pause(run.id, reason)),
    resume: (reason: string) => then(api.runs.resume(run.id, reason)),
    skip: (step: string, reason: string) => then(api.runs.skipStep(run.id, step, reason)),
    retry: (step: string, reason: string) => then(api.runs.retryStep(run.id, step, reason)),
    takeOver: (reason: string) => then(api.runs.takeOver(run.id, reason)),
    runbook: (step: string, act: RunbookAct, note: string) =>
      then(api.runs.runbookStep(run.id, step, act, note)),
    sign: signed,
    resolve: (answer: ResolveTarget) => then(api.runs.resolve(run.id, answer)),
  }
}
