import type { Status } from '../run/status.ts'

/** How the whole installation stands, all teams together: what whoever runs it watches. */
export type PlatformStanding = Readonly<{
  /** Runs that are not over, by status. */
  runs: Readonly<Partial<Record<Status, number>>>
  /** Faults that are in; overdue ones are past the expiry they were approved with, by their world's clock. */
  faults: Readonly<{ live: number; overdue: number; longestOverdueMs: number }>
  /** Events for webhooks. */
  events: Readonly<{ waiting: number; dead: number; longestWaitingMs: number }>
  isHalted: boolean
}>

/** Reads how the installation stands, as of now. */
export type ReadStanding = () => Promise<PlatformStanding>
