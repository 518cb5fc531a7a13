/**
 * Settings of every worker. A run's truth and its fence are in the database, so a job that is started twice or lost is
 * harmless, and a stalled one should come back soon. Milliseconds unless they say otherwise.
 */
export const WORKER_SETTINGS = {
  lockDuration: 10_000,
  stalledInterval: 5000,
  maxStalledCount: 10,
  /** Seconds of one blocking read. */
  drainDelay: 5,
  /** After an error of the backend; the default of 15 s would sleep through its return. */
  runRetryDelay: 1000,
} as const

/** Keys of all queues begin with this in Redis. */
export const KEY_PREFIX = 'firedrill'
