import {
  nameSchema,
  putDefinitionSchema,
  runbookDetailSchema,
  runbookSummarySchema,
  storedRunbookSchema,
} from '@firedrill/contracts'
import { AppError } from '@firedrill/core'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { presentRunbook, presentRunbookDetail } from '../../present/definition.ts'
import { signedIn } from '../../security/principal.ts'
import { findVersion, requireName, warningsOf } from '../definitions.ts'
import { answers } from '../respond.ts'

const params = z.object({ name: nameSchema })
const tags = ['runbooks']

/** Runbooks: list, get one version, store a version. */
export function runbookRoutes(
  deps: Pick<ApiDependencies, 'definitions' | 'compilers' | 'useCases'>,
): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/runbooks',
      {
        config: { permission: 'runbooks:read' },
        schema: {
          tags,
          summary: 'The newest version of every runbook',
          response: answers({ 200: z.object({ runbooks: z.array(runbookSummarySchema) }) }),
        },
      },
      async (request) => {
        const { teamId } = signedIn(request)
        return { runbooks: (await deps.definitions.list(teamId, 'runbook')).map(presentRunbook) }
      },
    )

    app.get(
      '/v1/runbooks/:name',
      {
        config: { permission: 'runbooks:read' },
        schema: {
          tags,
          summary: 'One runbook, the newest version or the one with a hash',
          params,
          querystring: z.object({ hash: z.string().optional() }),
          response: answers({ 200: runbookDetailSchema }),
        },
      },
      async (request) => {
        const { teamId } = signedIn(request)
        const { name } = request.params
        const { hash } = request.query
        return presentRunbookDetail(await findVersion(deps.definitions, teamId, 'runbook', name, hash))
      },
    )

    app.put(
      '/v1/runbooks/:name',
      {
        config: { permission: 'runbooks:write' },
        schema: {
          tags,
          summary: 'Store a runbook as a new version, unless the newest is the same',
          params,
          body: putDefinitionSchema,
          response: answers({ 200: storedRunbookSchema, 201: storedRunbookSchema }),
        },
      },
      async (request, reply) => {
        const { teamId, actor } = signedIn(request)
        const { source, origin } = request.body
        const compilation = deps.compilers.runbook(source)
        if (!compilation.ok) {
          const { problems } = compilation
          throw new AppError('definition-invalid', `The runbook has ${problems.length} problems.`, {
            problems,
          })
        }
        requireName(request.params.name, compilation.compiled.name)
        const before = await deps.definitions.latest(teamId, 'runbook', request.params.name)
        const { compiled, warnings } = compilation
        const asked = { kind: 'runbook', teamId, actor, source, origin, compiled } as const
        const stored = await deps.useCases.applyDefinition(asked)
        const isNew = before?.version !== stored.version
        return reply.code(isNew ? 201 : 200).send({
          isNew,
          warnings: warningsOf(warnings),
          runbook: presentRunbookDetail(stored),
        })
      },
    )
  }
}
