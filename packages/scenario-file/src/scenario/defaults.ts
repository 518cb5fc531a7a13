/** What a scenario file may leave out. Durations in milliseconds of world time; the schema's descriptions name the same values. */
export const DEFAULTS = {
  region: 'primary',
  periodMs: 1000,
  clockErrorMs: 1000,
  timeoutMs: 2000,
  status: [200],
  tlsPort: 443,
  goodInARow: 5,
  holdMs: 30_000,
  steadyForMs: 60_000,
  successRatioMin: 0.99,
  percentMax: 100,
  observeMaxMs: 600_000,
  recoverWithinMs: 600_000,
  settleMs: 60_000,
  writesMax: 20_000,
  markerStatus: [200, 201, 202, 204],
} as const
