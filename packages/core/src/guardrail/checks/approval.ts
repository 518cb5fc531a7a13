import { APPROVAL_FLAW_WORDS } from '../../run/approval-flaw.ts'
import { judgeApprovals } from '../../run/approval.ts'
import { allow, refuse, type Guardrail } from '../guardrail.ts'

/** As many people approved exactly this plan on exactly these targets as the environment asks for. */
export const approval: Guardrail = {
  code: 'approval',
  ask({ environment, approvals, now }) {
    const { approvalsNeeded: needed } = environment
    if (needed === 0) return allow('the environment asks for no approval')
    if (approvals === 'later')
      return allow(
        `${needed} ${needed === 1 ? 'person is' : 'people are'} asked to approve once the run is planned`,
      )
    if (approvals.targets === undefined)
      return refuse('the targets could not be resolved, so no approval can be held against them')
    const judged = judgeApprovals({ ...approvals, environment, now })
    const count = judged.filter(({ flaw }) => flaw === undefined).length
    if (count >= needed)
      return allow(`${count} of ${needed} approvals stand, bound to this plan and these targets`)
    const flawed = judged.flatMap(({ approval: { by }, flaw }) =>
      flaw === undefined ? [] : [`${by.name}’s does not count: ${APPROVAL_FLAW_WORDS[flaw]}`],
    )
    return refuse([`${needed} approvals are needed, ${count} stand`, ...flawed].join('; '))
  },
}
