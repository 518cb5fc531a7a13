/** How a fault promises to put things back. See the injection words that close a target. */
export const RESTORATIONS = ['exact', 'equivalent', 'irreversible'] as const
export type Restoration = (typeof RESTORATIONS)[number]

/** What keeps a late worker from injecting twice. `none` may only be used with native expiry. */
export const FENCINGS = ['fenced', 'idempotent-key', 'queryable', 'none'] as const
export type Fencing = (typeof FENCINGS)[number]

/**
 * `native`: the cloud withdraws the fault by itself at its expiry. `dead-man`: only the reaper or a scheduled call does.
 * `instant`: it is over as soon as it is in, and nothing is left to withdraw; what comes back does so by itself.
 */
export const EXPIRIES = ['native', 'dead-man', 'instant'] as const
export type Expiry = (typeof EXPIRIES)[number]
