import type { Guardrail } from '../guardrail.ts'
import { judgeUnfit } from '../judge-unfit.ts'

/** No target carries a tag that the environment protects. */
export const protectedTags: Guardrail = {
  code: 'protected-tags',
  ask: (facts) => judgeUnfit(facts, 'protected-tags', 'no target carries a protected tag'),
}
