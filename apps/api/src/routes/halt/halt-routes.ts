import { haltRequestSchema, haltSchema, type HaltView } from '@firedrill/contracts'
import type { HaltStore } from '@firedrill/core'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { signedIn } from '../../security/principal.ts'
import { answers } from '../respond.ts'

const tags = ['halt']

/** The global halt: read it, set it (everything is put back, nothing starts), lift it. */
export function haltRoutes(deps: Pick<ApiDependencies, 'halt' | 'useCases'>): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/halt',
      {
        config: { permission: 'halt:read' },
        schema: { tags, summary: 'Whether the global halt is set', response: answers({ 200: haltSchema }) },
      },
      async () => presentHalt(await deps.halt.get()),
    )

    app.post(
      '/v1/halt',
      {
        config: { permission: 'halt:set' },
        schema: {
          tags,
          summary: 'Set the global halt: every run puts everything back, no run starts',
          body: haltRequestSchema,
          response: answers({ 200: haltSchema }),
        },
      },
      async (request) => {
        const { teamId, actor } = signedIn(request)
        await deps.useCases.setHalt({ teamId, actor, reason: request.body.reason })
        return presentHalt(await deps.halt.get())
      },
    )

    app.post(
      '/v1/halt/lift',
      {
        config: { permission: 'halt:lift' },
        schema: {
          tags,
          summary: 'Lift the global halt',
          body: haltRequestSchema,
          response: answers({ 200: haltSchema }),
        },
      },
      async (request) => {
        const { teamId, actor } = signedIn(request)
        await deps.useCases.liftHalt({ teamId, actor, reason: request.body.reason })
        return presentHalt(await deps.halt.get())
      },
    )
  }
}

function presentHalt({ set, reason, by, at }: Awaited<ReturnType<HaltStore['get']>>): HaltView {
  return { set, reason, by: by === undefined ? null : { ...by }, at: at ?? null }
}
