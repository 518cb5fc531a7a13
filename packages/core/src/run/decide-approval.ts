import { isSandbox } from '../environment/sandbox.ts'
import type { CompiledEnvironment } from '../environment/environment.ts'
import type { Sha256 } from '../journal/envelope.ts'
import { plusMs, type PlatformInstant } from '../time/instant.ts'
import { APPROVAL_VALID_MS, mayApprove, standingApprovals, targetsHash, type Subject } from './approval.ts'
import type { Asked } from './decide.ts'
import type { RunState } from './state.ts'

/** A person's answer about a plan. `plan` is the hash of what they looked at. */
export type ApprovalAnswer = Readonly<{ by: Subject; plan: string; reason: string }>
/** What it takes to take an approval. */
export type ApprovalContext = Readonly<{
  environment: Pick<CompiledEnvironment, 'environmentKind' | 'aws'>
  now: PlatformInstant
  sha256: Sha256
}>

const no = (refused: string): Asked => ({ events: [], refused })

/** One person approves exactly what is frozen. Twice is once, unless the first has expired. */
export function decideApprove(
  state: RunState,
  { by, plan, reason }: ApprovalAnswer,
  { environment, now, sha256 }: ApprovalContext,
): Asked {
  const { author, approvals: given = [] } = state
  const refused = notAsked(state, plan)
  if (refused !== undefined) return no(refused)
  if (by.kind !== 'person') return no('only people approve')
  if (!mayApprove(by, { author, environment }))
    return no(
      author === undefined
        ? 'nobody knows who started this run, so nobody can be told apart from them; start it again'
        : 'you started this run, and somebody else has to approve it',
    )
  const targets = targetsHash(state.planned, sha256)
  const standing = standingApprovals({ given, plan, targets, author, environment, now })
  if (standing.some((approval) => approval.by.id === by.id)) return { events: [] }
  const own = isSandbox(environment) && author?.id === by.id
  const expiresAt = plusMs(now, APPROVAL_VALID_MS)
  return { events: [{ type: 'approved', data: { plan, targets, reason, expiresAt, own } }] }
}

/** One person turns down what is frozen. Nothing was touched yet, so the run ends. */
export function decideDecline(
  state: RunState,
  { by, plan, reason }: ApprovalAnswer,
  { sha256 }: Pick<ApprovalContext, 'sha256'>,
): Asked {
  const refused = notAsked(state, plan)
  if (refused !== undefined) return no(refused)
  const targets = targetsHash(state.planned, sha256)
  return {
    events: [
      { type: 'approval-declined', data: { plan, targets, reason } },
      {
        type: 'status-changed',
        data: { from: state.status, to: 'cancelled', why: `declined by ${by.name}: ${reason}` },
      },
    ],
  }
}

/** Why nobody is asked about this plan; undefined when somebody is. */
function notAsked(state: RunState, plan: string): string | undefined {
  const { status, resumesTo, planHash } = state
  const meant = status === 'paused' ? resumesTo : status
  if (meant !== 'awaiting-approval') return `the run does not wait for an approval, it is ${status}`
  return plan === planHash
    ? undefined
    : `what you looked at is plan ${plan.slice(0, 12)}, and the run has frozen ${(planHash ?? 'none').slice(0, 12)}; look again`
}
