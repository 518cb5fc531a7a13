/**
 * How long a record is looked at that is back by a change nobody knows the id of. Route 53 reaches all its name servers within
 * 60 s as a rule; this is twice that. World time.
 */
const ASSUMED_IN_SYNC_MS = 120_000

/** What a record counts as that stays as it was `seen` until time, and not Route 53, has told that every name server has it. */
export function inSyncByTime(seen: string): Readonly<{ afterMs: number; seen: string }> {
  const given = `it has been so for the ${ASSUMED_IN_SYNC_MS / 1000} s that name servers are given`
  return { afterMs: ASSUMED_IN_SYNC_MS, seen: `${seen}, and ${given}` }
}
