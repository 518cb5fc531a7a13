import type { FindingView } from '@firedrill/contracts'
import type { RunFinding } from '@firedrill/core'

/** A finding as it stands. Pure. */
export function presentFinding({ openedBy, changedBy, ...finding }: RunFinding): FindingView {
  const { number, version, gap, severity, owner, due, state, ticket, retest, openedAt, changedAt } = finding
  const terms = { gap, severity, owner, due, state, ticket, retest }
  return {
    number,
    version,
    ...terms,
    openedAt,
    changedAt,
    openedBy: { ...openedBy },
    changedBy: { ...changedBy },
  }
}
