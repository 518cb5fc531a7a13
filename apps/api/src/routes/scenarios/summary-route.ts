import { nameSchema, repeatedRunsSchema } from '@firedrill/contracts'
import { AppError, platformInstant, type PlatformInstant } from '@firedrill/core'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { presentRepeatedRuns } from '../../present/repeated-runs.ts'
import { signedIn } from '../../security/principal.ts'
import { findVersion } from '../definitions.ts'
import { answers } from '../respond.ts'
import { runsSince } from '../runs/runs-since.ts'

/** Most runs of a team that are looked at for one summary. */
const RUNS_MAX = 5000
const instant = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional()

/** Repeated runs of a scenario: median, worst and counts for each objective, and whether they differ from earlier ones. */
export function summaryRoute(deps: Pick<ApiDependencies, 'definitions' | 'runs'>): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/scenarios/:name/summary',
      {
        config: { permission: 'runs:read' },
        schema: {
          tags: ['scenarios'],
          summary:
            'Repeated runs of a scenario, beside earlier ones; since and against are platform microseconds',
          params: z.object({ name: nameSchema }),
          querystring: z.object({ environment: z.string().optional(), since: instant, against: instant }),
          response: answers({ 200: repeatedRunsSchema }),
        },
      },
      async (request) => {
        const { teamId } = signedIn(request)
        const { environment, since, against } = request.query
        if (against !== undefined && (since === undefined || against >= since))
          throw new AppError(
            'request-invalid',
            'against is an instant before since: runs from there up to since.',
          )
        const { compiled } = await findVersion(deps.definitions, teamId, 'scenario', request.params.name)
        const { rows, isWhole } = await runsSince(deps.runs, teamId, against ?? since ?? 0, RUNS_MAX)
        const asked = { environment, since: instantOf(since), against: instantOf(against) }
        return presentRepeatedRuns(compiled, rows, asked, isWhole)
      },
    )
  }
}

function instantOf(micros: number | undefined): PlatformInstant | undefined {
  return micros === undefined ? undefined : platformInstant(micros)
}
