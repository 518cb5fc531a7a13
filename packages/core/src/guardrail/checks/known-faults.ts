import { allow, refuse, type Guardrail } from '../guardrail.ts'

/** This installation has every fault of the scenario. */
export const knownFaults: Guardrail = {
  code: 'known-faults',
  ask: ({ unknownFaults }) =>
    unknownFaults.length === 0
      ? allow('this installation has every fault of the scenario')
      : refuse(`this installation has no fault named ${[...new Set(unknownFaults)].join(', ')}`),
}
