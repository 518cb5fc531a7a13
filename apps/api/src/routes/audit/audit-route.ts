import { auditPageSchema } from '@firedrill/contracts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { signedIn } from '../../security/principal.ts'
import { answers } from '../respond.ts'

const PAGE_MAX = 1000

/** Who changed what, as a hash chain that anybody can check. */
export function auditRoute({ audit }: Pick<ApiDependencies, 'audit'>): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/audit',
      {
        config: { permission: 'audit:read' },
        schema: {
          tags: ['audit'],
          summary: 'Changes that people and machines made in the team, in order',
          querystring: z.object({
            after: z.coerce.number().int().min(0).default(0),
            limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_MAX),
          }),
          response: answers({ 200: auditPageSchema }),
        },
      },
      async (request) => {
        const { after, limit } = request.query
        const entries = await audit.entries(signedIn(request).teamId, after, limit)
        return { entries: entries.map((entry) => ({ ...entry, actor: { ...entry.actor } })) }
      },
    )
  }
}
