import type { CleanUp, MarkerSummary } from './marker-summary.ts'

/** True when nothing that a marker wrote is left where nobody agreed to leave it. */
export function isTakenOut({ cleanUp }: Pick<MarkerSummary, 'cleanUp'>): boolean {
  return cleanUp.state === 'removed' || cleanUp.state === 'kept'
}

const CLEAN_UP_WORDS: Readonly<Record<CleanUp, string>> = {
  removed: 'taken out',
  kept: 'kept',
  failed: 'NOT REMOVED',
  pending: 'NOT REMOVED yet',
}

/** What a marker wrote and what became of it: `orders: 260 writes acknowledged, 12 failed; taken out (read back: none is left)`. */
export function markerInWords({ marker, acknowledged, failed, cleanUp }: MarkerSummary): string {
  const writes = acknowledged === 1 ? '1 write' : `${acknowledged} writes`
  return `${marker}: ${writes} acknowledged, ${failed} failed; ${CLEAN_UP_WORDS[cleanUp.state]} (${cleanUp.note})`
}
