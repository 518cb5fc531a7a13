import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { FindingTermsView, FindingView } from '@firedrill/contracts'
import { api } from '../../app/client.ts'

/** Points a lane is drawn with; about one for two pixels of a wide screen. */
const LANE_POINTS = 600
/** Samples are asked for this often while probes run; of a long run, whose newest sample is less than a point, less often. */
const SAMPLES_EVERY_MS = 1000
const SAMPLES_SELDOM_MS = 5000
/** The stream says when a run has changed; this is for a stream that is lost. */
const RUN_EVERY_MS = 4000

/** A run as the platform has it now. */
export function useRun(runId: string) {
  return useQuery({
    queryKey: ['run', runId],
    queryFn: () => api.runs.get(runId),
    refetchInterval: ({ state }) => (state.data?.isOver === true ? false : RUN_EVERY_MS),
  })
}

/** What the probes saw in a part of time. */
export function useSamples(runId: string, view: Readonly<{ from?: number; to?: number }>, isLive: boolean) {
  return useQuery({
    queryKey: ['samples', runId, view.from ?? 0, view.to ?? 0, isLive],
    queryFn: () => api.runs.samples(runId, { ...view, points: LANE_POINTS }),
    refetchInterval: ({ state }) => {
      if (!isLive) return false
      const isCoarse = state.data?.some(
        ({ good, bad, unusable, points }) => good + bad + unusable > 4 * points.length,
      )
      return isCoarse === true ? SAMPLES_SELDOM_MS : SAMPLES_EVERY_MS
    },
    placeholderData: keepPreviousData,
  })
}

/** Asks for an abort. The answer means that it was heard, not that anything is restored. */
export function useAbortRun(runId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (reason: string) => api.runs.abort(runId, reason),
    onSuccess: () => client.invalidateQueries({ queryKey: ['run', runId] }),
  })
}

/** Adds a note to the journal. */
export function useAddNote(runId: string) {
  return useMutation({ mutationFn: (text: string) => api.runs.note(runId, text) })
}

/** The evidence of a run. */
export function useEvidence(runId: string, isOver: boolean) {
  return useQuery({
    queryKey: ['evidence', runId, isOver],
    queryFn: () => api.runs.evidence(runId),
    enabled: isOver,
  })
}

/** Who signed the report off. Only a run that is over has a report to sign. */
export function useSignOff(runId: string, isOver: boolean) {
  return useQuery({
    queryKey: ['sign-off', runId],
    queryFn: () => api.runs.signOff(runId),
    enabled: isOver,
  })
}

/** What a run showed to be missing. */
export function useFindings(runId: string) {
  return useQuery({ queryKey: ['findings', runId], queryFn: () => api.runs.findings(runId) })
}

/** Writes a finding down. */
export function useAddFinding(runId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (terms: FindingTermsView) => api.runs.addFinding(runId, terms),
    onSuccess: () => changed(client, runId),
  })
}

/** Changes a finding as it was read; somebody else's change in between is refused. */
export function useChangeFinding(runId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ number, version, gap, severity, owner, due, state, ticket, retest }: FindingView) =>
      api.runs.changeFinding(runId, number, version, { gap, severity, owner, due, state, ticket, retest }),
    onSettled: () => changed(client, runId),
  })
}

/** A finding is part of the report, so that what is signed may be another one now. */
async function changed(client: ReturnType<typeof useQueryClient>, runId: string): Promise<void> {
  await client.invalidateQueries({ queryKey: ['findings', runId] })
  await client.invalidateQueries({ queryKey: ['sign-off', runId] })
}
