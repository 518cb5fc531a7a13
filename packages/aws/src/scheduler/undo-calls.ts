import type { CompiledEnvironment, Json, UndoPlan } from '@firedrill/core'

/**
 * One call that EventBridge Scheduler makes by itself. Operations that read cannot be scheduled, and nothing can be decided
 * between two calls: each must be harmless by itself, whatever it finds.
 */
export type UndoCall = Readonly<{
  /** Tells the calls of one undo apart, and stays the same however often they are worked out. */
  id: string
  /** AWS Region code of the schedule, which is also the Region of the call. */
  region: string
  /** Service and operation as universal targets name them: `route53:changeResourceRecordSets`. */
  action: string
  input: Readonly<Record<string, Json>>
}>

/** All calls of an undo, or why they are not enough. Pure. */
export type UndoCalls = (
  undo: UndoPlan,
  environment: CompiledEnvironment,
) => Readonly<{ ok: true; calls: readonly UndoCall[] } | { ok: false; why: string }>

/** IAM actions that the platform's role needs to book such calls and call them off; PassRole on the scheduler's role alone. */
export const SCHEDULER_PERMISSIONS = [
  'scheduler:CreateSchedule',
  'scheduler:GetSchedule',
  'scheduler:UpdateSchedule',
  'scheduler:DeleteSchedule',
  'iam:PassRole',
] as const

/**
 * A value with its members spelled as Scheduler wants them, which is the way of the SDK for Java: only the first letter of a
 * run of capitals stays one, so that `TTL` is `Ttl` and `DNSName` is `DnsName`.
 */
export function javaSpelling(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => javaSpelling(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value as Readonly<Record<string, Json>>).map(([member, content]) => [
      member.replaceAll(
        /([A-Z])([A-Z]+)(?=$|[A-Z][a-z])/g,
        (_, first: string, rest: string) => first + rest.toLowerCase(),
      ),
      javaSpelling(content),
    ]),
  )
}
