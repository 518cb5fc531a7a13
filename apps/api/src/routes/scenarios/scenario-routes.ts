import {
  nameSchema,
  putDefinitionSchema,
  scenarioDetailSchema,
  scenarioSummarySchema,
  storedScenarioSchema,
} from '@firedrill/contracts'
import { AppError, type DefinitionStore } from '@firedrill/core'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { presentScenario, presentScenarioDetail } from '../../present/definition.ts'
import { signedIn } from '../../security/principal.ts'
import { findVersion, requireName, warningsOf } from '../definitions.ts'
import { answers } from '../respond.ts'

const params = z.object({ name: nameSchema })
const tags = ['scenarios']

/** Scenarios: list, get one version, store a version. */
export function scenarioRoutes(
  deps: Pick<ApiDependencies, 'definitions' | 'compilers' | 'useCases'>,
): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/scenarios',
      {
        config: { permission: 'scenarios:read' },
        schema: {
          tags,
          summary: 'The newest version of every scenario',
          response: answers({ 200: z.object({ scenarios: z.array(scenarioSummarySchema) }) }),
        },
      },
      async (request) => {
        const { teamId } = signedIn(request)
        return { scenarios: (await deps.definitions.list(teamId, 'scenario')).map(presentScenario) }
      },
    )

    app.get(
      '/v1/scenarios/:name',
      {
        config: { permission: 'scenarios:read' },
        schema: {
          tags,
          summary: 'One scenario, the newest version or the one with a hash',
          params,
          querystring: z.object({ hash: z.string().optional() }),
          response: answers({ 200: scenarioDetailSchema }),
        },
      },
      async (request) => {
        const { teamId } = signedIn(request)
        const found = await findVersion(
          deps.definitions,
          teamId,
          'scenario',
          request.params.name,
          request.query.hash,
        )
        return presentScenarioDetail(found)
      },
    )

    app.put(
      '/v1/scenarios/:name',
      {
        config: { permission: 'scenarios:write' },
        schema: {
          tags,
          summary: 'Store a scenario file as a new version, unless the newest is the same',
          params,
          body: putDefinitionSchema,
          response: answers({ 200: storedScenarioSchema, 201: storedScenarioSchema }),
        },
      },
      async (request, reply) => {
        const { teamId, actor } = signedIn(request)
        const { source, origin } = request.body
        const compilation = deps.compilers.scenario(source, await parentsOf(deps.definitions, teamId))
        if (!compilation.ok)
          throw new AppError(
            'definition-invalid',
            `The scenario has ${compilation.problems.length} problems.`,
            {
              problems: compilation.problems,
            },
          )
        requireName(request.params.name, compilation.compiled.name)
        const before = await deps.definitions.latest(teamId, 'scenario', request.params.name)
        const stored = await deps.useCases.applyDefinition({
          kind: 'scenario',
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
          scenario: presentScenarioDetail(stored),
        })
      },
    )
  }
}

/** The text of every stored scenario by name, for files that extend one. */
export async function parentsOf(
  definitions: Pick<DefinitionStore, 'list'>,
  teamId: string,
): Promise<ReadonlyMap<string, string>> {
  return new Map((await definitions.list(teamId, 'scenario')).map(({ name, source }) => [name, source]))
}
