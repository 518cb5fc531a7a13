import type { CompiledEnvironment, UnfitReason } from '@firedrill/core'

/** Why tags forbid touching a resource, for the guardrail that says so. Opting in is another question. */
export function tagProblems(
  tags: Readonly<Record<string, string>>,
  { touch: { exemptTag, protectedTags = {} } }: CompiledEnvironment,
): readonly Readonly<{ guardrail: UnfitReason; reason: string }>[] {
  const isExempt = tags[exemptTag]?.toLowerCase() === 'true'
  const carried = Object.entries(protectedTags).filter(([key, value]) => tags[key] === value)
  return [
    ...(isExempt ? [{ guardrail: 'tags' as const, reason: `is exempt: ${exemptTag}=true` }] : []),
    ...carried.map(([key, value]) => ({
      guardrail: 'protected-tags' as const,
      reason: `carries ${key}=${value}, which the environment protects`,
    })),
  ]
}
