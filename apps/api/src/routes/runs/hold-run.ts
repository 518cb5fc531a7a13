import { reasonedSchema, runSummarySchema } from '@firedrill/contracts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { presentRun } from '../../present/run-summary.ts'
import { signedIn } from '../../security/principal.ts'
import { answers } from '../respond.ts'
import { findRun } from './find-run.ts'

const tags = ['runs']
const body = reasonedSchema
const response = answers({ 202: runSummarySchema })
const params = z.object({ id: z.string() })
const stepParams = z.object({ id: z.string(), step: z.string() })

/** Holding a run and its steps. None of it ever holds up an undo, or prolongs a fault. */
export function holdRunRoutes(deps: Pick<ApiDependencies, 'runs' | 'useCases'>): FastifyPluginAsyncZod {
  return async (app) => {
    for (const [act, summary] of [
      ['pause', 'Hold a run before its next step; expiries run on, and undo is never held up'],
      ['resume', 'Let a held run go on with what it was held in'],
    ] as const) {
      app.post(
        `/v1/runs/:id/${act}`,
        { config: { permission: 'runs:hold' }, schema: { tags, summary, params, body, response } },
        async (request, reply) => {
          const { teamId, actor } = signedIn(request)
          const { id: runId } = await findRun(deps.runs, teamId, request.params.id)
          const asked = { teamId, actor, runId, reason: request.body.reason }
          await (act === 'pause' ? deps.useCases.pauseRun(asked) : deps.useCases.resumeRun(asked))
          return reply.code(202).send(presentRun(await findRun(deps.runs, teamId, runId)))
        },
      )
    }

    for (const [act, summary] of [
      ['skip', 'Leave a step out; refused when its fault is in, or may be'],
      ['retry', 'Put a step in again that surely did not take effect'],
    ] as const) {
      app.post(
        `/v1/runs/:id/steps/:step/${act}`,
        {
          config: { permission: 'runs:steps' },
          schema: { tags, summary, params: stepParams, body, response },
        },
        async (request, reply) => {
          const { teamId, actor } = signedIn(request)
          const { step } = request.params
          const { id: runId } = await findRun(deps.runs, teamId, request.params.id)
          const asked = { teamId, actor, runId, step, reason: request.body.reason }
          await (act === 'skip' ? deps.useCases.skipStep(asked) : deps.useCases.retryStep(asked))
          return reply.code(202).send(presentRun(await findRun(deps.runs, teamId, runId)))
        },
      )
    }
  }
}
