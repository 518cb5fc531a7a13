import type { CompiledEnvironment } from '../environment/environment.ts'
import type { Outcome } from './fault-driver.ts'

/** A health check that a record obeys. */
export type HealthCheckSeen = Readonly<{
  id: string
  /** As the cloud calls it: `HTTP`, `TCP`, `CALCULATED`, … */
  type: string
  /** Null when it watches no endpoint but other checks or a metric. */
  watches: Readonly<{ address?: string; host?: string; port: number; path?: string }> | null
  /** Null when it has no interval of its own. */
  intervalSeconds: number | null
  failureThreshold: number | null
  isInverted: boolean
  isDisabled: boolean
  /** What its checkers say now; null when it has none. */
  checkers: Readonly<{ healthy: number; all: number }> | null
}>

/** One variant of a name's records. Names without trailing dot, lower case. */
export type RouteSeen = Readonly<{
  name: string
  type: string
  /** What tells variants apart; null for the only one. */
  variant: string | null
  /** Seconds; null for an alias, which has its target's. */
  ttlSeconds: number | null
  failover: 'PRIMARY' | 'SECONDARY' | null
  values: readonly string[]
  /** `targets`: of the load balancer behind it, where it is one that the environment can see. */
  alias: Readonly<{
    name: string
    evaluatesHealth: boolean
    targets: Readonly<{ healthy: number; all: number }> | null
  }> | null
  /** `missing`: the record names one that does not exist. */
  healthCheck: HealthCheckSeen | 'missing' | null
}>

/** How the cloud routes one name, the names it points to in the same zone included. */
export type NameRoutes = Readonly<{
  host: string
  /** Name of the zone in the environment. */
  zone: string
  /** Seconds for which resolvers remember that a record is missing. */
  negativeSeconds: number
  routes: readonly RouteSeen[]
}>

/** Reads how an account routes the names of a scenario. Describes only. */
export type Routing = Readonly<{
  /** Names in no zone of the environment are left out. */
  routesOf(
    environment: CompiledEnvironment,
    hosts: readonly string[],
    signal: AbortSignal,
  ): Promise<Outcome<readonly NameRoutes[]>>
}>
