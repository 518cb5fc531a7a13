import { allow, refuse, type Guardrail } from '../guardrail.ts'

/** The environment's owner lets drills start in it. */
export const environmentEnabled: Guardrail = {
  code: 'environment-enabled',
  ask: ({ environment: { name, enabled } }) =>
    enabled ? allow(`environment ${name} is enabled`) : refuse(`environment ${name} is disabled`),
}
