import { answerPlanSchema, runSummarySchema } from '@firedrill/contracts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { presentRun } from '../../present/run-summary.ts'
import { signedIn } from '../../security/principal.ts'
import { answers } from '../respond.ts'
import { findRun } from './find-run.ts'

const tags = ['runs']
const body = answerPlanSchema
const response = answers({ 202: runSummarySchema })
const params = z.object({ id: z.string() })

/** What people say about a frozen plan before anything is touched. */
export function approveRunRoutes(deps: Pick<ApiDependencies, 'runs' | 'useCases'>): FastifyPluginAsyncZod {
  return async (app) => {
    for (const [act, summary] of [
      ['approve', 'Approve the frozen plan with this hash; not one’s own, outside of a sandbox'],
      ['decline', 'Turn the frozen plan with this hash down, which ends the run'],
    ] as const) {
      app.post(
        `/v1/runs/:id/${act}`,
        { config: { permission: 'runs:approve' }, schema: { tags, summary, params, body, response } },
        async (request, reply) => {
          const { teamId, actor } = signedIn(request)
          const { id: runId } = await findRun(deps.runs, teamId, request.params.id)
          const asked = { teamId, actor, runId, ...request.body }
          await (act === 'approve' ? deps.useCases.approveRun(asked) : deps.useCases.declineRun(asked))
          return reply.code(202).send(presentRun(await findRun(deps.runs, teamId, runId)))
        },
      )
    }
  }
}
