import {
  judgeRoutes,
  watchedNames,
  type AskedResolver,
  type CompiledEnvironment,
  type CompiledScenario,
  type Finding,
  type NameRoutes,
  type NetworkCheck,
  type NetworkCheckOptions,
  type RouteSeen,
  type Routing,
  type WatchedName,
} from '@firedrill/core'

/** With what a scenario is checked: over the network, and in the account's own settings. */
export type ScenarioCheckPorts = Readonly<{ network: NetworkCheck; routing: Routing }>

/** So many addresses of a passive side are asked. */
const PASSIVE_MAX = 3
const ACCOUNT_TIMEOUT_MS = 30_000

/** Checks every name that a scenario's probes ask, as the environment's vantages reach it. */
export async function checkScenario(
  { environment, scenario }: Readonly<{ environment: CompiledEnvironment; scenario: CompiledScenario }>,
  given: NetworkCheckOptions,
  { network, routing }: ScenarioCheckPorts,
): Promise<readonly Finding[]> {
  const options = fromEnvironment(environment, given)
  const watched = watchedNames(scenario).map((name) => ({
    ...name,
    objectiveMs: given.objectiveMs ?? name.objectiveMs,
  }))
  const hosts = watched.map(({ host }) => host)
  const routes = await routing.routesOf(environment, hosts, AbortSignal.timeout(ACCOUNT_TIMEOUT_MS))
  const findings: Finding[] = []
  if (!routes.ok) {
    const { operation, code, message } = routes.failure
    findings.push({
      check: 'health-check',
      subject: `account ${environment.account}`,
      level: 'not-observed',
      verdict: `how names are routed could not be read: ${operation} ${code}: ${message}`,
      remedy: 'let the role of the environment read Route 53 and load balancers',
    })
  }
  const known = new Map(routes.ok ? routes.value.map((one) => [one.host, one]) : [])
  for (const name of watched)
    findings.push(...(await checkName(name, known.get(name.host), options, network)))
  return distinct(findings)
}

/** What the command line does not say, the environment does. */
function fromEnvironment(environment: CompiledEnvironment, given: NetworkCheckOptions): NetworkCheckOptions {
  const resolvers = environment.probes.vantages.flatMap(({ name, resolver }): readonly AskedResolver[] =>
    resolver === undefined ? [] : [{ name: `${name} ${resolver}`, address: resolver }],
  )
  const proxy = given.proxy ?? environment.probes.proxy
  const ca = given.ca ?? environment.probes.ca
  return {
    ...(resolvers.length === 0 ? {} : { resolvers }),
    ...given,
    ...(proxy === undefined ? {} : { proxy }),
    ...(ca === undefined ? {} : { ca }),
  }
}

async function checkName(
  watched: WatchedName,
  routes: NameRoutes | undefined,
  given: NetworkCheckOptions,
  network: NetworkCheck,
): Promise<readonly Finding[]> {
  const { host, objectiveMs } = watched
  // The account itself says how long answers live; caches could only say what is left.
  const options: NetworkCheckOptions = {
    ...given,
    objectiveMs,
    ...(routes === undefined ? {} : { authorities: given.authorities ?? 'none' }),
  }
  const targets =
    watched.targets.length > 0 ? watched.targets : [{ host, port: null, scheme: 'auto', path: '/' } as const]
  const seen = await Promise.all(targets.map((target) => network.check(target, options)))
  if (routes === undefined) return seen.flat()
  const isBetterKnown = ({ check }: Finding) => check === 'ttl' || check === 'negative-cache'
  return [
    ...seen.flat().filter((finding) => !isBetterKnown(finding)),
    ...judgeRoutes(routes, { watched, addresses: await watchedAddresses(routes, options, network) }),
    ...(await checkPassiveSides(watched, routes, options, network)),
  ]
}

/** Addresses of the names that health checks watch. */
async function watchedAddresses(
  { routes }: NameRoutes,
  options: NetworkCheckOptions,
  network: NetworkCheck,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const hosts = routes.flatMap(({ healthCheck }) =>
    healthCheck === null || healthCheck === 'missing' ? [] : (healthCheck.watches?.host ?? []),
  )
  const found = await Promise.all(
    [...new Set(hosts)].map(async (host) => [host, await network.addressesOf(host, options)] as const),
  )
  return new Map(found)
}

/** Asks the side that would have to take over what customers ask the active one. */
async function checkPassiveSides(
  { targets }: WatchedName,
  { routes }: NameRoutes,
  options: NetworkCheckOptions,
  network: NetworkCheck,
): Promise<readonly Finding[]> {
  const endpoints = targets.filter(({ scheme }) => scheme !== 'auto')
  const passive = routes.filter(({ failover }) => failover === 'SECONDARY')
  const findings = await Promise.all(
    passive.flatMap((route) =>
      endpoints.map(async (endpoint): Promise<readonly Finding[]> => {
        const addresses = await addressesOfRoute(route, options, network)
        return Promise.all(
          addresses.slice(0, PASSIVE_MAX).map(async (address) => {
            const { isGood, verdict } = await network.checkAddress(address, endpoint, options)
            return {
              check: 'passive-side',
              subject: `${route.name} ${route.variant ?? ''} ${endpoint.path} at ${address}`,
              level: isGood ? 'good' : 'problem',
              verdict,
              remedy: isGood
                ? null
                : 'bring the passive side up before the drill: a failover would lead nowhere',
            } as const
          }),
        )
      }),
    ),
  )
  return findings.flat()
}

async function addressesOfRoute(
  { type, values, alias }: RouteSeen,
  options: NetworkCheckOptions,
  network: NetworkCheck,
): Promise<readonly string[]> {
  if (type === 'A') return alias === null ? values : network.addressesOf(alias.name, options)
  const [target] = values
  return type === 'CNAME' && target !== undefined ? network.addressesOf(target, options) : []
}

function distinct(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((one) => [JSON.stringify(one), one])).values()]
}
