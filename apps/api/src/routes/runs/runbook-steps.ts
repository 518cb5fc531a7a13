import { RUNBOOK_ACTS, runbookNoteSchema, runSummarySchema } from '@firedrill/contracts'
import { AppError, isGranted, type Permission, type RunbookAction, type RunRow } from '@firedrill/core'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { presentRun } from '../../present/run-summary.ts'
import { signedIn } from '../../security/principal.ts'
import { answers } from '../respond.ts'
import { findRun } from './find-run.ts'

/** What a step may have the platform do takes the same permission as doing it without a runbook. */
const NEEDED: Readonly<Record<RunbookAction, Permission>> = { abort: 'runs:abort', continue: 'runs:hold' }

const SUMMARIES = {
  start: 'A person begins a step of the runbook; what the step has the platform do is done',
  done: 'A person has done a step; refused while its check does not pass',
  skip: 'A person leaves a step out, with a note that says why',
} as const

/** What people do by the runbook of a run. */
export function runbookStepRoutes(
  deps: Pick<ApiDependencies, 'definitions' | 'runs' | 'useCases'>,
): FastifyPluginAsyncZod {
  const actionOf = async (run: RunRow, step: string) => {
    const { runbook } = run.state
    if (runbook === undefined) return undefined
    const pinned = await deps.definitions.byHash(run.teamId, 'runbook', runbook.hash)
    return pinned?.compiled.steps.find(({ name }) => name === step)?.action
  }
  return async (app) => {
    for (const act of RUNBOOK_ACTS) {
      app.post(
        `/v1/runs/:id/runbook/:step/${act}`,
        {
          config: { permission: 'runs:runbook' },
          schema: {
            tags: ['runs'],
            summary: SUMMARIES[act],
            params: z.object({ id: z.string(), step: z.string() }),
            body: runbookNoteSchema,
            response: answers({ 202: runSummarySchema }),
          },
        },
        async (request, reply) => {
          const { teamId, actor, permissions } = signedIn(request)
          const { step } = request.params
          const run = await findRun(deps.runs, teamId, request.params.id)
          const action = act === 'start' ? await actionOf(run, step) : undefined
          const place = run.state.environment.name
          if (action !== undefined && !isGranted(permissions, NEEDED[action], place))
            throw new AppError(
              'not-permitted',
              `Step ${step} has the platform ${action} the run, which needs the permission ${NEEDED[action]}.`,
            )
          await deps.useCases.runbookStep({
            teamId,
            actor,
            runId: run.id,
            step,
            act,
            note: request.body.note,
          })
          return reply.code(202).send(presentRun(await findRun(deps.runs, teamId, run.id)))
        },
      )
    }
  }
}
