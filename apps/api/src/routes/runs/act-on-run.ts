import { abortRunSchema, addNoteSchema, runSummarySchema, timelineEventSchema } from '@firedrill/contracts'
import { AppError } from '@firedrill/core'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { presentEvent } from '../../present/event-words.ts'
import { presentRun } from '../../present/run-summary.ts'
import { signedIn } from '../../security/principal.ts'
import { answers } from '../respond.ts'
import { findRun } from './find-run.ts'

const tags = ['runs']
const params = z.object({ id: z.string() })

/** What people do to a run: abort it, write a note. Abort needs only the database: no queue, no cloud, no open environment. */
export function actOnRunRoutes(deps: Pick<ApiDependencies, 'runs' | 'useCases'>): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      '/v1/runs/:id/abort',
      {
        config: { permission: 'runs:abort' },
        schema: {
          tags,
          summary: 'Stop a run and put everything back; asking twice changes nothing',
          params,
          body: abortRunSchema,
          response: answers({ 202: runSummarySchema }),
        },
      },
      async (request, reply) => {
        const { teamId, actor } = signedIn(request)
        const { id } = await findRun(deps.runs, teamId, request.params.id)
        await deps.useCases.requestAbort({ teamId, actor, runId: id, reason: request.body.reason })
        return reply.code(202).send(presentRun(await findRun(deps.runs, teamId, id)))
      },
    )

    app.post(
      '/v1/runs/:id/notes',
      {
        config: { permission: 'runs:note' },
        schema: {
          tags,
          summary: 'Write a note into the journal of a run',
          params,
          body: addNoteSchema,
          response: answers({ 201: timelineEventSchema }),
        },
      },
      async (request, reply) => {
        const { teamId, actor } = signedIn(request)
        const { id } = await findRun(deps.runs, teamId, request.params.id)
        const seq = await deps.useCases.addNote({ teamId, actor, runId: id, text: request.body.text })
        const [event] = await deps.runs.events(id, seq - 1, 1)
        if (event === undefined) throw new AppError('unexpected', 'The note was not written.')
        return reply.code(201).send(presentEvent(event))
      },
    )
  }
}
