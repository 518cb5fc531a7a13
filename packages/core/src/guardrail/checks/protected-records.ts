import type { Guardrail } from '../guardrail.ts'
import { judgeUnfit } from '../judge-unfit.ts'

/** No record is protected, by the environment or in the zone itself. */
export const protectedRecords: Guardrail = {
  code: 'protected-records',
  ask: (facts) => judgeUnfit(facts, 'protected-records', 'no target is a protected record'),
}
