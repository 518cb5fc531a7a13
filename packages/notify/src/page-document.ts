import type { Page } from '@firedrill/core'

/** A page as receivers get it, as JSON. Members are only ever added to it. */
export function pageDocument({ id, page, reason, runId, run, scenario, environment, link }: Page): string {
  const format = 'firedrill.dev/page/v1'
  return JSON.stringify({
    format,
    id,
    page,
    reason,
    run: { id: runId, number: run },
    scenario,
    environment,
    link,
  })
}
