import type { HealthCheckSeen, NameRoutes, RouteSeen } from '../ports/routing.ts'
import { formatDurationMs } from '../time/duration.ts'
import type { Finding } from './finding.ts'
import { judgeNegativeCache, judgeTtl } from './lifetimes.ts'
import type { WatchedName } from './scenario-targets.ts'

/** What judging needs besides the routes. */
export type RoutesContext = Readonly<{
  watched: Omit<WatchedName, 'host'>
  /** Addresses of the names that health checks watch, where somebody has asked for them. */
  addresses: ReadonlyMap<string, readonly string[]>
}>

/** Route 53 takes an endpoint as healthy when more than this share of its checkers does. */
const HEALTHY_SHARE = 0.18

/**
 * Finds in an account's own settings what spoils a failover of one name: answers that outlive the objective, a primary
 * without a check, checks that watch something else, and a passive side that could not take over. Pure.
 */
export function judgeRoutes(names: NameRoutes, context: RoutesContext): readonly Finding[] {
  const { objectiveMs, removal } = context.watched
  const longest = names.routes.reduce<RouteSeen | undefined>(
    (worst, route) => ((route.ttlSeconds ?? -1) > (worst?.ttlSeconds ?? -1) ? route : worst),
    undefined,
  )
  return [
    ...(longest?.ttlSeconds === undefined || longest.ttlSeconds === null
      ? []
      : [judgeTtl(label(longest), longest.ttlSeconds, objectiveMs)]),
    judgeNegativeCache(`zone ${names.zone}`, names.negativeSeconds, { objectiveMs, removal }),
    ...names.routes.flatMap((route) => [
      ...judgeHealthCheck(route, names.routes, context),
      ...judgeFailoverTime(route, objectiveMs),
      ...judgePassiveSide(route),
    ]),
  ]
}

function label({ name, type, variant }: RouteSeen): string {
  return [name, type, ...(variant === null ? [] : [variant])].join(' ')
}

function judgeHealthCheck(
  route: RouteSeen,
  all: readonly RouteSeen[],
  context: RoutesContext,
): readonly Finding[] {
  const about = { check: 'health-check', subject: label(route) } as const
  const { healthCheck, failover, alias } = route
  if (healthCheck === 'missing')
    return [
      {
        ...about,
        level: 'problem',
        verdict: 'the record names a health check that does not exist, so it always counts as healthy',
        remedy: 'create the health check, or take its id off the record',
      },
    ]
  if (healthCheck === null) {
    if (failover !== 'PRIMARY' || alias?.evaluatesHealth === true) return []
    return [
      {
        ...about,
        level: 'problem',
        verdict: 'the primary record has no health check: it is never failed over',
        remedy: 'give the record a health check of its endpoint, or let the alias evaluate its target',
      },
    ]
  }
  if (healthCheck.isDisabled || healthCheck.isInverted)
    return [
      {
        ...about,
        level: healthCheck.isDisabled ? 'problem' : 'warning',
        verdict: healthCheck.isDisabled
          ? `health check ${healthCheck.id} is disabled and counts as healthy whatever happens`
          : `health check ${healthCheck.id} is inverted: it fails when its endpoint is well`,
        remedy: 'set the health check right, or name another one on the record',
      },
    ]
  return judgeWatched(route, healthCheck, all, context)
}

function judgeWatched(
  route: RouteSeen,
  check: HealthCheckSeen,
  all: readonly RouteSeen[],
  { addresses, watched }: RoutesContext,
): readonly Finding[] {
  const about = { check: 'health-check', subject: label(route) } as const
  if (check.watches === null) {
    const verdict = `health check ${check.id} (${check.type}) watches no endpoint of its own`
    return [{ ...about, level: 'good', verdict, remedy: null }]
  }
  const { address, host, port, path } = check.watches
  const where = `${address ?? host ?? '?'}:${port}${path ?? ''}`
  const remedy = `let health check ${check.id} watch ${route.alias?.name ?? route.values.join(' or ')}, where this record leads`
  if (address === undefined && host === route.name)
    return [
      {
        ...about,
        level: 'problem',
        verdict: `health check ${check.id} watches the very name it fails over (${where}): once it has switched, it sees the other side and calls this one healthy`,
        remedy,
      },
    ]
  const seen = address === undefined ? addressesOf(host ?? '', all, addresses) : [address]
  const leadsTo = [...route.values, ...(route.alias === null ? [] : [plain(route.alias.name)])]
  const isRight =
    (host !== undefined && leadsTo.includes(plain(host))) || seen.some((one) => leadsTo.includes(one))
  const others = all.filter((one) => one !== route && one.name === route.name)
  const wrong = others.find(
    (one) =>
      seen.some((value) => one.values.includes(value)) ||
      (host !== undefined && one.alias !== null && plain(one.alias.name) === plain(host)),
  )
  if (!isRight && wrong !== undefined)
    return [
      {
        ...about,
        level: 'problem',
        verdict: `health check ${check.id} watches ${where}, which is the other side (${label(wrong)}): the failover follows the wrong Region`,
        remedy,
      },
    ]
  if (!isRight && seen.length === 0)
    return [
      {
        ...about,
        level: 'not-observed',
        verdict: `health check ${check.id} watches ${where}; whether that is this record's endpoint could not be told`,
        remedy: 'compare its address with those of the record',
      },
    ]
  if (!isRight)
    return [
      {
        ...about,
        level: 'problem',
        verdict: `health check ${check.id} watches ${where}, which is none of the addresses this record answers with`,
        remedy,
      },
    ]
  return [
    portFinding(route, check, port, watched) ?? {
      ...about,
      level: 'good',
      verdict: `health check ${check.id} watches this record's endpoint ${where}`,
      remedy: null,
    },
  ]
}

function portFinding(
  route: RouteSeen,
  check: HealthCheckSeen,
  port: number,
  { targets }: RoutesContext['watched'],
): Finding | undefined {
  if (targets.length === 0 || targets.some((target) => target.port === port)) return undefined
  const asked = [...new Set(targets.map((target) => target.port))].join(' and ')
  return {
    check: 'health-check',
    subject: label(route),
    level: 'warning',
    verdict: `health check ${check.id} watches port ${port}, customers come to port ${asked}: one may fail without the other`,
    remedy: 'watch the port that customers use',
  }
}

function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^dualstack\./, '')
}

function addressesOf(
  host: string,
  all: readonly RouteSeen[],
  known: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const own = all.filter(({ name }) => name === plain(host)).flatMap(({ values }) => values)
  return own.length > 0 ? own : (known.get(host) ?? [])
}

/** From the failure to the last cache: the checkers' own time and the TTL. */
function judgeFailoverTime(route: RouteSeen, objectiveMs: number | undefined): readonly Finding[] {
  const { healthCheck, failover, ttlSeconds } = route
  if (failover !== 'PRIMARY' || healthCheck === null || healthCheck === 'missing') return []
  const { intervalSeconds, failureThreshold } = healthCheck
  if (intervalSeconds === null || failureThreshold === null || objectiveMs === undefined) return []
  const noticedMs = intervalSeconds * failureThreshold * 1000
  const mostMs = noticedMs + (ttlSeconds ?? 0) * 1000
  const sum = `${failureThreshold} × ${intervalSeconds} s until the check fails, then up to ${ttlSeconds ?? 0} s in caches: ${formatDurationMs(mostMs)}`
  const about = { check: 'failover-time', subject: label(route) } as const
  const objective = formatDurationMs(objectiveMs)
  if (mostMs <= objectiveMs)
    return [{ ...about, level: 'good', verdict: `${sum}, of an objective of ${objective}`, remedy: null }]
  return [
    {
      ...about,
      level: noticedMs > objectiveMs ? 'problem' : 'warning',
      verdict: `${sum}, more than the objective of ${objective}`,
      remedy: "shorten the check's interval or threshold, or the record's TTL",
    },
  ]
}

function judgePassiveSide(route: RouteSeen): readonly Finding[] {
  if (route.failover !== 'SECONDARY') return []
  const about = { check: 'passive-side', subject: label(route) } as const
  const remedy = 'bring the passive side up before the drill: a failover would lead nowhere'
  const targets = route.alias?.targets ?? null
  if (targets !== null)
    return [
      targets.healthy > 0
        ? {
            ...about,
            level: 'good',
            verdict: `${targets.healthy} of ${targets.all} targets are healthy`,
            remedy: null,
          }
        : { ...about, level: 'problem', verdict: `none of its ${targets.all} targets is healthy`, remedy },
    ]
  const check = route.healthCheck
  if (check === null || check === 'missing' || check.checkers === null) return []
  const { healthy, all } = check.checkers
  const isHealthy = all > 0 && healthy / all > HEALTHY_SHARE !== check.isInverted
  const verdict = `${healthy} of ${all} checkers of health check ${check.id} see it healthy`
  return [
    isHealthy
      ? { ...about, level: 'good', verdict, remedy: null }
      : { ...about, level: 'problem', verdict, remedy },
  ]
}
