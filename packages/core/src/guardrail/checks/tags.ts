import type { Guardrail } from '../guardrail.ts'
import { judgeUnfit } from '../judge-unfit.ts'

/** Every target was opted in by its owner, and none is exempt. */
export const tags: Guardrail = {
  code: 'tags',
  ask: (facts) => judgeUnfit(facts, 'tags', 'every target is opted in, and none is exempt'),
}
