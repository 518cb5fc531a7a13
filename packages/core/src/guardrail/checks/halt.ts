import { allow, refuse, type Guardrail } from '../guardrail.ts'

/** Nobody has set the global halt. */
export const halt: Guardrail = {
  code: 'halt',
  ask({ halt: state }) {
    if (state === undefined) return refuse('the halt could not be read')
    return state.set ? refuse(`the global halt is set: ${state.reason}`) : allow('the global halt is not set')
  },
}
