import type { Micros } from './model.ts'

/** What becomes of writes that only a lost primary had, once it is back. */
export const RETURN_RULES = ['discard', 'merge'] as const
/** One rule. */
export type ReturnRule = (typeof RETURN_RULES)[number]

/** AWS services that keep copies of a store in several Regions, and whose replication experiments can pause. */
export const STORE_KEEPERS = ['dynamodb', 'memorydb', 's3'] as const
/** One of them. */
export type StoreKeeper = (typeof STORE_KEEPERS)[number]

/** A data store of a service: one Region takes writes, others follow. */
export interface DataStore {
  readonly name: string
  /** The service whose application writes to it; lower case with trailing dot. */
  readonly service: string
  /** The Region that takes writes. */
  readonly writer: string
  /** Whether it runs on the application's hosts, and so is gone in a Region in which none of them is up. */
  readonly runsOnHosts: boolean
  /** Who keeps it, if it does not run on hosts. */
  readonly keeper?: StoreKeeper
  /** After so many seconds without a writer the furthest replica takes over; null for never by itself. */
  readonly promotesAfterSeconds: readonly [number, number] | null
  readonly onReturn: ReturnRule
  /** Writes that users make each second, besides those that come in from outside. */
  readonly writesPerSecond: number
  /** When the writer was first found gone; null while it is there. */
  readonly writerLostAt: Micros | null
}

/** A Region's copy; its table key is `${store}|${region}`. */
export interface Replica {
  readonly store: string
  readonly region: string
  /** Seconds a write takes to arrive; null for one that is made from backups. */
  readonly lagSeconds: readonly [number, number] | null
  /** Seconds between backups; null for one that follows write by write. */
  readonly backupEverySeconds: number | null
  /** How fast a backlog is caught up with. */
  readonly writesPerSecondMax: number
  /** Every entry up to this one is here, save for those that were left behind elsewhere. */
  readonly applied: number
  readonly isPaused: boolean
  readonly isApplying: boolean
}

/** An acknowledged write, or `count` of them at once. */
export interface Write {
  readonly seq: number
  readonly store: string
  readonly at: Micros
  readonly region: string
  /** Of a write that came in from outside; null for users'. */
  readonly key: string | null
  readonly count: number
}

/** Entries [after + 1, through] that the new writer did not have when it took over. */
export interface Stranding {
  readonly store: string
  readonly at: Micros
  readonly from: string
  readonly to: string
  readonly after: number
  readonly through: number
  /** When they were brought in after all; null while they are lost. */
  readonly mergedAt: Micros | null
  /** Writes of the stranding that the new writer had overtaken, and which stay lost. */
  readonly conflicts: readonly string[]
}

/** What became of a write. */
export type WriteOutcome =
  | { readonly kind: 'acknowledged'; readonly seq: number; readonly region: string }
  | { readonly kind: 'unavailable'; readonly reason: string }

/** Table key of a replica. */
export const replicaKey = (store: string, region: string): string => `${store}|${region}`
