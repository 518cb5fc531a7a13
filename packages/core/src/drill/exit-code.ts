/** Exit codes of `firedrill run` and `ci`. */
export const EXIT = {
  held: 0,
  toolError: 1,
  usage: 2,
  refused: 3,
  stopped: 4,
  recoveryIncomplete: 5,
  inconclusive: 6,
  deviated: 99,
} as const
