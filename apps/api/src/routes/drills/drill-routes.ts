import { bookDrillSchema, drillSchema, type DrillView } from '@firedrill/contracts'
import type { Drill } from '@firedrill/core'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { signedIn } from '../../security/principal.ts'
import { refuseUnlessSandbox } from '../../security/sandbox-only.ts'
import { findVersion } from '../definitions.ts'
import { answers } from '../respond.ts'

const tags = ['drills']

/** Drills: book one, unless it is booked already, and list them. */
export function drillRoutes(
  deps: Pick<ApiDependencies, 'definitions' | 'drills' | 'ids' | 'signIn'>,
): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/drills',
      {
        config: { permission: 'drills:read' },
        schema: {
          tags,
          summary: 'Every booked drill',
          response: answers({ 200: z.object({ drills: z.array(drillSchema) }) }),
        },
      },
      async (request) => {
        const { teamId } = signedIn(request)
        return { drills: (await deps.drills.list(teamId)).map(presentDrill) }
      },
    )

    app.post(
      '/v1/drills',
      {
        config: { permission: 'drills:write' },
        schema: {
          tags,
          summary:
            'Book a scenario against an environment; one that is booked already is answered as it stands',
          body: bookDrillSchema,
          response: answers({ 200: drillSchema, 201: drillSchema }),
        },
      },
      async (request, reply) => {
        const { teamId, actor } = signedIn(request)
        const { scenario, environment, title } = request.body
        const plan = await findVersion(deps.definitions, teamId, 'scenario', scenario)
        const place = await findVersion(deps.definitions, teamId, 'environment', environment)
        refuseUnlessSandbox(place.compiled, deps)
        const id = deps.ids.mint('drill')
        const drill = await deps.drills.book({
          id,
          teamId,
          title: title ?? plan.compiled.title,
          scenario,
          environment,
          createdBy: actor,
        })
        return reply.code(drill.id === id ? 201 : 200).send(presentDrill(drill))
      },
    )
  }
}

function presentDrill({ id, title, scenario, environment, createdAt, createdBy }: Drill): DrillView {
  return { id, title, scenario, environment, createdAt, createdBy: { ...createdBy } }
}
