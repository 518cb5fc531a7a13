import { healthSchema } from '@firedrill/contracts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { answers } from '../respond.ts'

const tags = ['health']
const stateSchema = healthSchema.pick({ state: true })

/** Whether the process lives (`/healthz`), whether it can serve (`/readyz`), and which part does not work (`/v1/health`). */
export function healthRoutes(deps: Pick<ApiDependencies, 'health'>): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/healthz',
      {
        config: { permission: 'public' },
        schema: {
          tags,
          summary: 'The process answers',
          response: { 200: z.object({ state: z.literal('ok') }) },
        },
      },
      () => ({ state: 'ok' as const }),
    )

    app.get(
      '/readyz',
      {
        config: { permission: 'public' },
        schema: {
          tags,
          summary: 'Every essential part works; 503 when one does not',
          response: { 200: stateSchema, 503: stateSchema },
        },
      },
      async (_request, reply) => {
        const { state } = await deps.health.report()
        return reply.code(state === 'failing' ? 503 : 200).send({ state })
      },
    )

    app.get(
      '/v1/health',
      {
        config: { permission: 'health:read' },
        schema: {
          tags,
          summary: 'Every part and whether it works',
          response: answers({ 200: healthSchema }),
        },
      },
      async () => {
        const { state, parts } = await deps.health.report()
        return { state, parts: parts.map((part) => ({ ...part })) }
      },
    )
  }
}
