import { reasonedSchema, resolveTargetSchema, runSummarySchema } from '@firedrill/contracts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { presentRun } from '../../present/run-summary.ts'
import { signedIn } from '../../security/principal.ts'
import { answers } from '../respond.ts'
import { findRun } from './find-run.ts'

const tags = ['runs']
const params = z.object({ id: z.string() })
const response = answers({ 202: runSummarySchema })
/** How long describing one target may take before the request is answered without it. */
const DESCRIBE_MS = 20_000

/** What people do when an undo needs them: take it over, and answer target by target. */
export function resolveRunRoutes(deps: Pick<ApiDependencies, 'runs' | 'useCases'>): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      '/v1/runs/:id/take-over',
      {
        config: { permission: 'runs:resolve' },
        schema: {
          tags,
          summary: 'Take what is left of the undo into one’s own hands; the platform goes on describing',
          params,
          body: reasonedSchema,
          response,
        },
      },
      async (request, reply) => {
        const { teamId, actor } = signedIn(request)
        const { id: runId } = await findRun(deps.runs, teamId, request.params.id)
        await deps.useCases.takeOver({ teamId, actor, runId, reason: request.body.reason })
        return reply.code(202).send(presentRun(await findRun(deps.runs, teamId, runId)))
      },
    )

    app.post(
      '/v1/runs/:id/resolve',
      {
        config: { permission: 'runs:resolve' },
        schema: {
          tags,
          summary: 'Answer what becomes of one target; a restoration is only taken from describing it',
          params,
          body: resolveTargetSchema,
          response,
        },
      },
      async (request, reply) => {
        const { teamId, actor } = signedIn(request)
        const { id: runId } = await findRun(deps.runs, teamId, request.params.id)
        const signal = AbortSignal.timeout(DESCRIBE_MS)
        await deps.useCases.resolveTarget({ teamId, actor, runId, signal, ...request.body })
        return reply.code(202).send(presentRun(await findRun(deps.runs, teamId, runId)))
      },
    )
  }
}
