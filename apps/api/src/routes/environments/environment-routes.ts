import {
  environmentDetailSchema,
  environmentSummarySchema,
  nameSchema,
  putDefinitionSchema,
  storedEnvironmentSchema,
} from '@firedrill/contracts'
import { AppError } from '@firedrill/core'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { presentEnvironment, presentEnvironmentDetail } from '../../present/definition.ts'
import { signedIn } from '../../security/principal.ts'
import { refuseUnlessSandbox } from '../../security/sandbox-only.ts'
import { findVersion, requireName, warningsOf } from '../definitions.ts'
import { answers } from '../respond.ts'

const params = z.object({ name: nameSchema })
const tags = ['environments']

/** Environments: list, get one version, store a version. Secrets never leave. */
export function environmentRoutes(
  deps: Pick<ApiDependencies, 'definitions' | 'compilers' | 'useCases' | 'signIn'>,
): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/environments',
      {
        config: { permission: 'environments:read' },
        schema: {
          tags,
          summary: 'The newest version of every environment',
          response: answers({ 200: z.object({ environments: z.array(environmentSummarySchema) }) }),
        },
      },
      async (request) => {
        const { teamId } = signedIn(request)
        return { environments: (await deps.definitions.list(teamId, 'environment')).map(presentEnvironment) }
      },
    )

    app.get(
      '/v1/environments/:name',
      {
        config: { permission: 'environments:read' },
        schema: {
          tags,
          summary: 'One environment, the newest version or the one with a hash, with its secrets masked',
          params,
          querystring: z.object({ hash: z.string().optional() }),
          response: answers({ 200: environmentDetailSchema }),
        },
      },
      async (request) => {
        const { teamId } = signedIn(request)
        const found = await findVersion(
          deps.definitions,
          teamId,
          'environment',
          request.params.name,
          request.query.hash,
        )
        return presentEnvironmentDetail(found)
      },
    )

    app.put(
      '/v1/environments/:name',
      {
        config: { permission: 'environments:write' },
        schema: {
          tags,
          summary: 'Store an environment file as a new version, unless the newest is the same',
          params,
          body: putDefinitionSchema,
          response: answers({ 200: storedEnvironmentSchema, 201: storedEnvironmentSchema }),
        },
      },
      async (request, reply) => {
        const { teamId, actor } = signedIn(request)
        const { source, origin } = request.body
        const compilation = deps.compilers.environment(source)
        if (!compilation.ok)
          throw new AppError(
            'definition-invalid',
            `The environment has ${compilation.problems.length} problems.`,
            {
              problems: compilation.problems,
            },
          )
        requireName(request.params.name, compilation.compiled.name)
        refuseUnlessSandbox(compilation.compiled, deps)
        const before = await deps.definitions.latest(teamId, 'environment', request.params.name)
        const stored = await deps.useCases.applyDefinition({
          kind: 'environment',
          teamId,
          actor,
          source,
          origin,
          compiled: compilation.compiled,
        })
        const isNew = before?.version !== stored.version
        return reply.code(isNew ? 201 : 200).send({
          isNew,
          warnings: warningsOf(compilation.warnings),
          environment: presentEnvironmentDetail(stored),
        })
      },
    )
  }
}
