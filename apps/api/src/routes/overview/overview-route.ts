import { overviewSchema } from '@firedrill/contracts'
import { plusMs, type RunRow } from '@firedrill/core'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { presentOverview } from '../../present/overview.ts'
import { signedIn } from '../../security/principal.ts'
import { answers } from '../respond.ts'
import { runsSince } from '../runs/runs-since.ts'

/** Most runs of a team that are looked at for one overview. */
const RUNS_MAX = 2000
/** So far back an occurrence that came to nothing still makes its drill overdue. */
const OVERDUE_BACK_MS = 400 * 86_400_000

/** The landing page for whoever answers for the services: what was shown, how close it was, and what is due. */
export function overviewRoute(
  deps: Pick<ApiDependencies, 'definitions' | 'drills' | 'runs' | 'schedules'>,
): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/overview',
      {
        config: { permission: 'runs:read' },
        schema: {
          tags: ['runs'],
          summary: 'Every scenario beside its objectives: last drilled, trend with bounds, next due, overdue',
          response: answers({ 200: overviewSchema }),
        },
      },
      async (request) => {
        const { teamId } = signedIn(request)
        const now = await deps.runs.now()
        const [scenarios, environments, drills, schedules, occurrences, { rows, isWhole }] =
          await Promise.all([
            deps.definitions.list(teamId, 'scenario'),
            deps.definitions.list(teamId, 'environment'),
            deps.drills.list(teamId),
            deps.schedules.list(teamId),
            deps.schedules.occurrences(teamId, plusMs(now, -OVERDUE_BACK_MS), now),
            runsSince(deps.runs, teamId, 0, RUNS_MAX),
          ])
        const versions = await versionsOf(deps.definitions, teamId, rows)
        return presentOverview({
          now,
          isWhole,
          scenarios,
          production: new Set(
            environments.filter(({ compiled }) => compiled.production).map(({ name }) => name),
          ),
          drills,
          schedules,
          occurrences,
          runs: rows,
          versions,
        })
      },
    )
  }
}

/** Version numbers by hash, of every scenario that a run pins. */
async function versionsOf(
  definitions: ApiDependencies['definitions'],
  teamId: string,
  rows: readonly RunRow[],
): Promise<ReadonlyMap<string, number>> {
  const hashes = [...new Set(rows.map(({ state }) => state.scenario.hash))]
  const found = await Promise.all(hashes.map((hash) => definitions.byHash(teamId, 'scenario', hash)))
  return new Map(found.flatMap((one) => (one === undefined ? [] : [[one.hash, one.version] as const])))
}
