import { APPROVAL_FLAW_WORDS, formatDurationMs, formatInstant, platformInstant } from '@firedrill/core'
import type { RunDetail, StepView } from '../http/run.ts'

/** How the way back of a step's fault ends, in words. */
export const UNDO_WORDS: Readonly<Record<NonNullable<StepView['restoration']>, string>> = {
  exact: 'put back field by field as it was captured',
  equivalent: 'replaced by an equivalent: the same number, healthy, in the same places',
  irreversible: 'CANNOT be put back',
}

/** What a person approves: plan, steps with their targets and share, the way back, and who has approved so far. */
export function approvalBlock(run: RunDetail): string {
  const { approval, planHash } = run
  if (approval === null) return '  the environment asks for no approval'
  const { standing, needed, ceiling, given, declined } = approval
  return [
    `  plan ${planHash ?? 'not frozen yet'}`,
    ...run.steps.flatMap(stepLines),
    `  limit: ${ceiling.targetsMax} targets, ${ceiling.percentMax} %`,
    `  ${standing} of ${needed} approvals`,
    ...given.map(
      ({ by, reason, own, flaw, expiresAt }) =>
        `    ${by}${own ? ' (of their own run)' : ''}: ${reason}; ${flaw === null ? `until ${formatInstant(platformInstant(expiresAt))}` : `does not count: ${APPROVAL_FLAW_WORDS[flaw]}`}`,
    ),
    ...(declined === null ? [] : [`  declined by ${declined.by}: ${declined.reason}`]),
  ].join('\n')
}

function stepLines({ kind, name, fault, durationMs, targets, population, restoration }: StepView): string[] {
  if (kind === 'wait') return [`  step ${name}: waits ${formatDurationMs(durationMs)}`]
  const share = population === undefined ? '' : ` of ${population}`
  const back = restoration === undefined ? '' : `; ${UNDO_WORDS[restoration]}`
  return [
    `  step ${name}: ${fault ?? ''} on ${targets.length}${share} targets for ${formatDurationMs(durationMs)}${back}`,
    ...targets.map(({ label, id, zone, region }) => `    ${label}  ${zone ?? region}  ${id}`),
  ]
}
