import { ceilingRoom, logRoom, pageRoom } from '@firedrill/runtime'

/** The sandbox knows its own address better than its surroundings. */
const OWN: readonly string[] = ['FIREDRILL_DASHBOARD_URL']

/**
 * What an operator says to the platform as a whole, and not to one of its processes: ceilings, how people are called, the log.
 * Nothing else of the surroundings reaches the processes of a sandbox, above all no credentials.
 */
export function operatorVariables(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const names = [...ceilingRoom.variables, ...pageRoom.variables, ...logRoom.variables]
  return Object.fromEntries(
    names.flatMap((name) => (env[name] === undefined || OWN.includes(name) ? [] : [[name, env[name]]])),
  )
}
