import type { Finding } from '../check/finding.ts'

/** What is checked. `auto`: whether it speaks TLS and HTTP is found out. */
export type NetworkTarget = Readonly<{
  host: string
  /** Null: only its name is looked at. */
  port: number | null
  scheme: 'http' | 'https' | 'auto'
  /** Asked for by HTTP. */
  path: string
}>

/** A target that can be connected to. */
export type Endpoint = NetworkTarget & Readonly<{ port: number }>

/** Somebody who is asked for addresses. `address` is `host:port`. */
export type AskedResolver = Readonly<{ name: string; address: string }>

/** How a target is checked. Durations are platform time. */
export type NetworkCheckOptions = Readonly<{
  /** Absent: those that this host is set to use. */
  resolvers?: readonly AskedResolver[]
  /** Servers asked as the name's authority (`host:port`); absent: those that the zone names. `none` asks nobody. */
  authorities?: readonly string[] | 'none'
  /** URL of an HTTP CONNECT proxy. */
  proxy?: string | undefined
  objectiveMs?: number | undefined
  /** Of each question. */
  timeoutMs: number
  /** Certificates in PEM that are trusted instead of the usual ones. */
  ca?: string | undefined
}>

/** Looks at a service over the network as its clients do. Nothing is changed. Never rejects. */
export type NetworkCheck = Readonly<{
  check(target: NetworkTarget, options: NetworkCheckOptions): Promise<readonly Finding[]>
  /** Addresses of a name by the first of the resolvers that answers; empty when none does. */
  addressesOf(
    host: string,
    options: Pick<NetworkCheckOptions, 'resolvers' | 'timeoutMs'>,
  ): Promise<readonly string[]>
  /** Asks one address for a target as if the target's name led there. */
  checkAddress(
    address: string,
    target: Endpoint,
    options: Pick<NetworkCheckOptions, 'proxy' | 'timeoutMs' | 'ca'>,
  ): Promise<Readonly<{ isGood: boolean; verdict: string }>>
}>
