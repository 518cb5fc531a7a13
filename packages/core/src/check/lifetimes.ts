import { formatDurationMs } from '../time/duration.ts'
import type { Finding } from './finding.ts'

/** Beyond this share of the objective too little is left for noticing and deciding. */
const SHARE_MAX = 0.5

/** Judges how long answers for a name stay in caches against the recovery objective. Absent: there is none to compare with. */
export function judgeTtl(subject: string, ttlSeconds: number, objectiveMs: number | undefined): Finding {
  const ttlMs = ttlSeconds * 1000
  const about = { check: 'ttl', subject } as const
  const held = `answers are kept for up to ${formatDurationMs(ttlMs)}`
  if (objectiveMs === undefined) return { ...about, level: 'good', verdict: held, remedy: null }
  const objective = formatDurationMs(objectiveMs)
  if (ttlMs > objectiveMs)
    return {
      ...about,
      level: 'problem',
      verdict: `${held}, longer than the objective of ${objective}: clients with an old answer cannot recover in time`,
      remedy: `lower the TTL to ${Math.max(1, Math.floor((objectiveMs * SHARE_MAX) / 1000))} s or less, and wait for the old one to pass before the drill`,
    }
  if (ttlMs > objectiveMs * SHARE_MAX)
    return {
      ...about,
      level: 'warning',
      verdict: `${held}, more than half of the objective of ${objective}: little is left for noticing and switching`,
      remedy: `lower the TTL to ${Math.max(1, Math.floor((objectiveMs * SHARE_MAX) / 1000))} s or less`,
    }
  return { ...about, level: 'good', verdict: `${held}, of an objective of ${objective}`, remedy: null }
}

/** What a removal of the record would mean: absent when no step removes it. Milliseconds. */
export type Removal = Readonly<{
  goneMs: number
  /** True when putting the record back is itself the response that is measured. */
  isResponse: boolean
}>

/** Judges how long the absence of a name stays in caches (the smaller of the SOA's own TTL and its minimum) after a removal. */
export function judgeNegativeCache(
  subject: string,
  negativeSeconds: number,
  { objectiveMs, removal }: Readonly<{ objectiveMs: number | undefined; removal?: Removal | undefined }>,
): Finding {
  const negativeMs = negativeSeconds * 1000
  const about = { check: 'negative-cache', subject } as const
  const kept = `that a record is missing is remembered for up to ${formatDurationMs(negativeMs)}`
  const remedy = 'lower the minimum (the last number) of the SOA record, and its TTL, before the drill'
  if (objectiveMs === undefined) return { ...about, level: 'good', verdict: kept, remedy: null }
  const objective = formatDurationMs(objectiveMs)
  if (removal?.isResponse === true) {
    const total = removal.goneMs + negativeMs
    const sum = `gone for ${formatDurationMs(removal.goneMs)}, then up to ${formatDurationMs(negativeMs)} in caches: ${formatDurationMs(total)}`
    return total > objectiveMs
      ? {
          ...about,
          level: 'problem',
          verdict: `${kept}; ${sum}, more than the objective of ${objective}`,
          remedy,
        }
      : { ...about, level: 'good', verdict: `${kept}; ${sum}, of an objective of ${objective}`, remedy: null }
  }
  if (negativeMs > objectiveMs)
    return {
      ...about,
      level: removal === undefined ? 'warning' : 'problem',
      verdict: `${kept}, longer than the objective of ${objective}: a removed record stays missing for clients that long after it is back`,
      remedy,
    }
  return { ...about, level: 'good', verdict: kept, remedy: null }
}
