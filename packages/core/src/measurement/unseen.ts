/** The share of failing requests is at least what would have shown as many failures or more only this often. */
const SHARE_DOUBT = 0.1
/** So many good probes in a row are taken to be luck no more often than this. */
const LUCK_DOUBT = 0.05
/** So many failures in a row and the outage is solid there: what lies before is an edge of its own. */
const SOLID = 5
/** An edge that begins with so many failures in a row is clean. */
const CLEAN = 20
/** More looks than this tell nothing new. */
const LOOKS_MAX = 60

/**
 * How many probes may have been good by luck just beyond an edge of an outage, at least one. `failed` are the looks from the
 * edge inwards, the first of them a failure. From the edge up to where it is solid, so many failed of so many looks; with the
 * smallest share of failing requests q that is likely to show that, n good probes in a row have a chance of (1 − q)^n.
 */
export function unseenAtEdge(failed: readonly boolean[]): number {
  const edge = edgeOf(failed.slice(0, LOOKS_MAX))
  const bad = edge.filter(Boolean).length
  if (bad === edge.length && bad >= CLEAN) return 1
  const share = leastShare(bad, edge.length)
  return Math.max(1, Math.log(LUCK_DOUBT) / Math.log(1 - share))
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
