import { allow, refuse, type Guardrail } from '../guardrail.ts'

/** As many people approved the plan as the environment asks for. */
export const approval: Guardrail = {
  code: 'approval',
  ask({ environment: { approvalsNeeded }, approvals }) {
    if (approvalsNeeded === 0) return allow('the environment asks for no approval')
    return approvals >= approvalsNeeded
      ? allow(`${approvals} of ${approvalsNeeded} approvals were given`)
      : refuse(`${approvalsNeeded} approvals are needed, ${approvals} were given`)
  },
}
