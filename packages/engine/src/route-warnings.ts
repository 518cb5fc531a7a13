import {
  judgeRoutes,
  warningsOf,
  watchedNames,
  type CompiledEnvironment,
  type CompiledScenario,
  type Routing,
} from '@firedrill/core'
import { askPatiently } from './call-out.ts'
import type { EnginePorts } from './ports.ts'

const QUESTION_TIMEOUT_MS = 20_000

/**
 * What spoils a drill before it begins, as far as the account's own settings show it: the same findings as
 * `firedrill check`, but for those that need the network. That they could not be read is itself worth knowing.
 */
export async function routeWarnings(
  { scenario, environment }: Readonly<{ scenario: CompiledScenario; environment: CompiledEnvironment }>,
  ports: Pick<EnginePorts, 'calls'> & Readonly<{ routing: Routing }>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const watched = watchedNames(scenario)
  const hosts = watched.map(({ host }) => host)
  const routes = await askPatiently(ports.calls, 'routing.routesOf', QUESTION_TIMEOUT_MS, signal, (ends) =>
    ports.routing.routesOf(environment, hosts, ends),
  )
  if (!routes.ok) {
    const { operation, code, message } = routes.failure
    return [`how the names of this scenario are routed could not be read: ${operation} ${code}: ${message}`]
  }
  const names = new Map(watched.map((one) => [one.host, one]))
  const findings = routes.value.flatMap((one) => {
    const about = names.get(one.host)
    return about === undefined ? [] : judgeRoutes(one, { watched: about, addresses: new Map() })
  })
  return warningsOf(findings)
}
