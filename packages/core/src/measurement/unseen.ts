import type { Failure } from './failure.ts'

/** The share of failing requests is at least what would have shown as many failures or more only this often. */
const SHARE_DOUBT = 0.05
/** So many good probes in a row are taken to be luck no more often than this. */
const LUCK_DOUBT = 0.02
/** So many failures in a row and the outage is solid there: what lies before is an edge of its own. */
const SOLID = 5
/** Servers that come and go one by one take so many periods at least, however solid the outage was before. */
const GRADUAL = 4
/** Applications that start do so one by one, over twice as many. */
const GRADUAL_START = 8
/** Outages of which a smaller share of the requests fails are not claimed to be bounded. */
const SHARE_MIN = 1 / 6
/** More looks than this tell nothing new. */
const LOOKS_MAX = 60

/** Good, or how it failed. */
export type EdgeLook = 'good' | Failure

/**
 * How many periods an outage may reach beyond the probes that bound an edge of it. `looks` go from the edge inwards, the
 * first of them a failure.
 *
 * Where the first five found nobody at all, everybody who asked then met the same: none. Everywhere else servers may come and
 * go one by one, and a good probe beyond the edge may be luck: from the edge up to where it is solid, k of n looks failed; with
 * the smallest share of failing requests q that is likely to show that, m good probes in a row have a chance of (1 − q)^m.
 */
export function unseenAtEdge(looks: readonly EdgeLook[], edge: 'onset' | 'recovery'): number {
  const first = looks.slice(0, SOLID)
  if (first.length === SOLID && first.every((look) => look === 'nobody')) return 0
  const failed = edgeOf(looks.slice(0, LOOKS_MAX).map((look) => look !== 'good'))
  const share = Math.max(SHARE_MIN, leastShare(failed.filter(Boolean).length, failed.length))
  const least = edge === 'recovery' && looks[0] === 'starting' ? GRADUAL_START : GRADUAL
  return Math.max(least, Math.log(LUCK_DOUBT) / Math.log(1 - share))
}

/** The looks before the outage is solid; where it is from the first on, all of its unbroken run. */
function edgeOf(failed: readonly boolean[]): readonly boolean[] {
  let run = 0
  for (const [index, isFailed] of failed.entries()) {
    run = isFailed ? run + 1 : 0
    if (run < SOLID) continue
    const start = index + 1 - SOLID
    if (start > 0) return failed.slice(0, start)
    const end = failed.indexOf(false)
    return end === -1 ? failed : failed.slice(0, end)
  }
  return failed
}
/** The smallest share at which `bad` failures or more of `count` are not rarer than the doubt (Clopper and Pearson). */
function leastShare(bad: number, count: number): number {
  let low = 0
  let high = 1
  for (let step = 0; step < 30; step++) {
    const share = (low + high) / 2
    if (chanceOfAtLeast(bad, count, share) < SHARE_DOUBT) low = share
    else high = share
  }
  return low
}

function chanceOfAtLeast(bad: number, count: number, share: number): number {
  let chance = 0
  let term = share ** count
  for (let failures = count; failures >= bad; failures--) {
    chance += term
    term *= (failures / (count - failures + 1)) * ((1 - share) / share)
  }
  return chance
}
