import type { Injection } from '../target/injection.ts'
import type { Observation } from './events.ts'
import type { StepState, TargetState } from './state.ts'

/** A step that nobody has tried. */
export function plannedStep(targets: readonly string[]): StepState {
  return {
    acknowledged: false,
    attempts: 0,
    targets: Object.fromEntries(targets.map((id) => [id, { injection: 'planned', seen: '' }])),
  }
}

/** A recovery whose last call went well. */
export function rested(recovery: NonNullable<StepState['recovery']>): NonNullable<StepState['recovery']> {
  const { failures: _, retryAt: __, ...rest } = recovery
  return rest
}

/** Every target of a step with one word; what a person decided stays. */
export function all(step: StepState, injection: Injection, seen: string): StepState['targets'] {
  return Object.fromEntries(
    Object.entries(step.targets).map(([id, target]) => [id, { ...decided(target), injection, seen }]),
  )
}

/** The targets of a step with what was seen of some. A decision stays; a change that is no longer seen does not. */
export function merged(step: StepState, observations: readonly Observation[]): StepState['targets'] {
  const seen = observations.map(
    ({ target, injection, seen: words, foreign }) =>
      [
        target,
        {
          ...decided(step.targets[target]),
          injection,
          seen: words,
          ...(foreign === undefined ? {} : { foreign }),
        },
      ] as const,
  )
  return { ...step.targets, ...Object.fromEntries(seen) }
}

function decided(target: TargetState | undefined): Pick<TargetState, 'decision'> {
  return target?.decision === undefined ? {} : { decision: target.decision }
}
