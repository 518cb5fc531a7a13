import { PAGE_EVERY_MS, plusMs, type Command, type Page, type PageOutcome } from '@firedrill/core'
import { withDeadline } from '../deadline.ts'
import type { EnginePorts } from '../ports.ts'
import type { Tenure } from '../tenure.ts'

type Ports = Pick<EnginePorts, 'clock' | 'pager' | 'installation' | 'crash'>

/** How long one call may take; what is being undone meanwhile waits for it. Platform time. */
const PAGE_TIMEOUT_MS = 10_000
/** How soon a call that failed is made again, and how often that doubles: up to 160 s. */
const PAGE_AGAIN_MS = 5000
const PAGE_AGAIN_DOUBLINGS = 5

/**
 * Calls a person, once, and journals what came of it. A worker that dies between the two leaves the next one to call again,
 * by the same id: at least once, and the receiver can tell.
 */
export async function callPerson(
  tenure: Tenure,
  { page: number, why }: Extract<Command, { do: 'page' }>,
  ports: Ports,
  signal: AbortSignal,
): Promise<void> {
  const { pager, installation } = ports
  const outcome = await callOnce(pageOf(tenure, number, why, ports), ports, signal)
  await ports.crash(`page:${number}:after-act`)
  // Called off with the hold on the run: whoever has it next calls.
  if (signal.aborted && !outcome.ok) return
  if (outcome.ok) {
    await tenure.record([{ type: 'paged', data: { page: number, via: pager.via, seen: outcome.seen } }])
    return
  }
  const failures = (tenure.state.pages?.failures ?? 0) + 1
  const againMs = pager.via === 'nobody' ? (installation.pageEveryMs ?? PAGE_EVERY_MS) : pageAgainMs(failures)
  const retryAt = plusMs(tenure.now(), againMs)
  const data = { page: number, attempt: failures, via: pager.via, why: outcome.why, retryAt }
  await tenure.record([{ type: 'page-failed', data }])
}

/** How long after the last of so many calls in a row that reached nobody the next one is made. Platform time. */
export function pageAgainMs(failures: number): number {
  return PAGE_AGAIN_MS * 2 ** Math.min(failures - 1, PAGE_AGAIN_DOUBLINGS)
}

/** One call, bounded in time, that answers whatever happens. */
export async function callOnce(
  page: Page,
  { clock, pager }: Pick<Ports, 'clock' | 'pager'>,
  signal: AbortSignal,
): Promise<PageOutcome> {
  try {
    return await withDeadline(clock, PAGE_TIMEOUT_MS, signal, (ends) => pager.page(page, ends))
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : 'it failed' }
  }
}

function pageOf(tenure: Tenure, number: number, reason: string, { installation }: Ports): Page {
  const { dashboard } = installation
  return {
    id: `${tenure.id}/${number}`,
    runId: tenure.id,
    run: tenure.number,
    scenario: tenure.state.scenario.name,
    environment: tenure.state.environment.name,
    reason,
    page: number,
    ...(dashboard === undefined ? {} : { link: new URL(`/runs/${tenure.id}`, dashboard).href }),
  }
}
