import { z } from 'zod'
import { isSandbox } from '../environment/sandbox.ts'
import type { CompiledEnvironment } from '../environment/environment.ts'
import { canonicalJson } from '../journal/canonical-json.ts'
import { ACTOR_KINDS, type Sha256 } from '../journal/envelope.ts'
import type { PlatformInstant } from '../time/instant.ts'
import type { ApprovalFlaw } from './approval-flaw.ts'

/** How long an approval counts, in platform time: people in other time zones have a day, and yesterday's look is none. */
export const APPROVAL_VALID_MS = 86_400_000

const hash = z.string().regex(/^[0-9a-f]{64}$/)

/** What an approval binds to: the frozen plan, and by itself the list of targets that was frozen with it. */
export const approvedMatterSchema = z.strictObject({ plan: hash, targets: hash })
export type ApprovedMatter = z.infer<typeof approvedMatterSchema>

/** Somebody, as the journal names them. `id` is the subject: two names with one id are one person. */
export const subjectSchema = z.strictObject({ kind: z.enum(ACTOR_KINDS), id: z.string(), name: z.string() })
export type Subject = z.infer<typeof subjectSchema>

/** One person's approval. Instants are platform time. */
export const approvalSchema = z.strictObject({
  ...approvedMatterSchema.shape,
  by: subjectSchema,
  reason: z.string(),
  at: z.int(),
  expiresAt: z.int(),
  /** Given by whoever started the run, which only a sandbox lets count. */
  own: z.boolean(),
})
export type Approval = z.infer<typeof approvalSchema>

/** What approvals are held against. `targets` undefined: only the plan can be compared here. */
export type ApprovalQuestion = Readonly<{
  given: readonly Approval[]
  plan: string | undefined
  targets?: string | undefined
  /** Whoever started the run; undefined: not known, and then nobody can be told apart from them. */
  author: Subject | undefined
  environment: Pick<CompiledEnvironment, 'environmentKind' | 'aws'>
  now: PlatformInstant
}>

/** An approval, and why it does not count when it does not. */
export type JudgedApproval = Readonly<{ approval: Approval; flaw?: ApprovalFlaw }>

/** Judges every approval: by a person other than the author, not expired, of this plan and these targets, one a person. */
export function judgeApprovals(question: ApprovalQuestion): readonly JudgedApproval[] {
  const counted = new Set<string>()
  return question.given.map((approval) => {
    const flaw = flawOf(approval, question, counted)
    if (flaw !== undefined) return { approval, flaw }
    counted.add(approval.by.id)
    return { approval }
  })
}

/** The approvals that count. */
export function standingApprovals(question: ApprovalQuestion): readonly Approval[] {
  return judgeApprovals(question).flatMap(({ approval, flaw }) => (flaw === undefined ? [approval] : []))
}

function flawOf(
  approval: Approval,
  question: ApprovalQuestion,
  counted: ReadonlySet<string>,
): ApprovalFlaw | undefined {
  if (approval.by.kind !== 'person') return 'no-person'
  if (!mayApprove(approval.by, question)) return 'own'
  if (approval.expiresAt <= question.now) return 'expired'
  if (approval.plan !== question.plan) return 'other-plan'
  if (question.targets !== undefined && approval.targets !== question.targets) return 'other-targets'
  return counted.has(approval.by.id) ? 'again' : undefined
}

/** Nobody approves what they started. A sandbox has one user, so there they may; the journal says that it is their own. */
export function mayApprove(
  { id }: Pick<Subject, 'id'>,
  { author, environment }: Pick<ApprovalQuestion, 'author' | 'environment'>,
): boolean {
  return isSandbox(environment) || (author !== undefined && author.id !== id)
}

/** Hash of a list of frozen targets: which fault on which resources, in which step. Their order says nothing. */
export function targetsHash(
  steps: readonly Readonly<{ step: string; fault: string; targets: readonly Readonly<{ id: string }>[] }>[],
  sha256: Sha256,
): string {
  const list = steps.map(({ step, fault, targets }) => ({
    step,
    fault,
    targets: targets.map(({ id }) => id).toSorted(),
  }))
  return sha256(canonicalJson({ targets: list }))
}
