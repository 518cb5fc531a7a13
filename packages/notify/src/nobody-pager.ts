import type { Pager } from '@firedrill/core'

/** For an installation that has no way to call anybody: the journal of each run that needs one says so. */
export function createNobodyPager(): Pager {
  const why = 'neither FIREDRILL_PAGE_COMMAND nor FIREDRILL_PAGE_WEBHOOK is set, so nobody was called'
  return { via: 'nobody', page: async () => ({ ok: false, why }) }
}
