import { allow, refuse, type Guardrail } from '../guardrail.ts'

/** The platform can do its part of how the system is to recover. */
export const response: Guardrail = {
  code: 'response',
  ask({ scenario }) {
    switch (scenario.response) {
      case 'automatic':
        return allow('the system recovers by itself')
      case 'runbook':
        return allow('people recover the system by a runbook')
      case 'restore':
        return allow('taking the fault out is the response')
      case 'evacuation':
        return refuse('this version cannot carry out an evacuation by itself; use response runbook')
    }
  },
}
