import {
  formatInterval,
  type DurationInterval,
  type ObjectiveProgress,
  type RunDetail,
} from '@firedrill/contracts'

/** The one figure of a run's header: an objective's time so far, or what was observed. */
export type Headline = Readonly<
  | { kind: 'waiting'; objective: ObjectiveProgress }
  | { kind: 'running'; objective: ObjectiveProgress; elapsed: number; since: string }
  | { kind: 'observed'; objective: ObjectiveProgress; observed: DurationInterval; text: string }
  | { kind: 'unobserved'; objective: ObjectiveProgress }
>

/** The headline of a run: its first recovery time, or its first objective. Undefined without objectives. */
export function headlineOf(run: RunDetail, worldNow: number): Headline | undefined {
  const objective = run.objectives.find(({ kind }) => kind === 'recovery-time') ?? run.objectives[0]
  if (objective === undefined) return undefined
  if (objective.observed !== null) {
    return {
      kind: 'observed',
      objective,
      observed: objective.observed,
      text: formatInterval(objective.observed),
    }
  }
  if (run.isOver) return { kind: 'unobserved', objective }
  if (objective.sinceWorldAt === null) return { kind: 'waiting', objective }
  const elapsed = Math.max(0, (objective.untilWorldAt ?? worldNow) - objective.sinceWorldAt)
  return { kind: 'running', objective, elapsed, since: 'since the fault was in' }
}

/** When the objective's time is up, while that is still to come. */
export function lastMoment(
  headline: Headline,
  worldNow: number,
): Readonly<{ at: number; left: number }> | undefined {
  if (headline.kind !== 'running' || headline.objective.sinceWorldAt === null) return undefined
  const at = headline.objective.sinceWorldAt + headline.objective.maxMicros
  return at > worldNow ? { at, left: at - worldNow } : undefined
}
