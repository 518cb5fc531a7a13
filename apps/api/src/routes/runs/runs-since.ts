import type { RunRow } from '@firedrill/core'
import type { ApiDependencies } from '../../dependencies.ts'

const PAGE = 200

/** Runs of a team that were started at or after an instant, the newest first, `most` at most. `isWhole` false: there are more. */
export async function runsSince(
  runs: ApiDependencies['runs'],
  teamId: string,
  since: number,
  most: number,
): Promise<Readonly<{ rows: readonly RunRow[]; isWhole: boolean }>> {
  const rows: RunRow[] = []
  while (rows.length < most) {
    const before = rows.at(-1)?.id
    const page = await runs.list(teamId, before === undefined ? { limit: PAGE } : { limit: PAGE, before })
    rows.push(...page.filter(({ createdAt }) => createdAt >= since))
    if (page.length < PAGE || page.some(({ createdAt }) => createdAt < since)) return { rows, isWhole: true }
  }
  return { rows, isWhole: false }
}
