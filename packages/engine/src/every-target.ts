import type { TargetSeen } from '@firedrill/core'

/** One observation for each target, in their order: what was not described is unknown, never left out of the count. */
export function everyTarget(targets: readonly string[], seen: readonly TargetSeen[]): TargetSeen[] {
  const byTarget = new Map(seen.map((one) => [one.target, one]))
  return targets.map(
    (target): TargetSeen =>
      byTarget.get(target) ?? { target, injection: 'unknown', seen: 'was not described' },
  )
}
