/** What a check on a metric makes of missing data. */
export const INSUFFICIENT_DATA_STATUSES = ['Healthy', 'LastKnownStatus', 'Unhealthy'] as const
/** One of them. */
export type InsufficientDataStatus = (typeof INSUFFICIENT_DATA_STATUSES)[number]
