import { evidenceSchema } from '@firedrill/contracts'
import { AppError } from '@firedrill/core'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { REPORT_POLICY } from '../../security/headers.ts'
import { signedIn } from '../../security/principal.ts'
import { answers } from '../respond.ts'
import { findRun } from './find-run.ts'

const params = z.object({ id: z.string() })

/** What a run leaves: evidence as bytes, and the report as a page and as JSON. */
export function runFileRoutes(
  deps: Pick<ApiDependencies, 'runs' | 'evidence' | 'reports'>,
): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/runs/:id/evidence',
      {
        config: { permission: 'runs:read' },
        schema: {
          tags: ['evidence'],
          summary: 'What is kept as evidence of a run',
          params,
          response: answers({ 200: z.object({ evidence: z.array(evidenceSchema) }) }),
        },
      },
      async (request) => {
        const { teamId } = signedIn(request)
        const { id } = await findRun(deps.runs, teamId, request.params.id)
        return { evidence: (await deps.evidence.ofRun(id)).map((entry) => ({ ...entry })) }
      },
    )

    app.get(
      '/v1/runs/:id/evidence/:hash',
      {
        config: { permission: 'runs:read' },
        schema: {
          tags: ['evidence'],
          summary: 'One piece of evidence as bytes; its address is the SHA-256 of them',
          params: params.extend({ hash: z.string().regex(/^[0-9a-f]{64}$/) }),
        },
      },
      async (request, reply) => {
        const { teamId } = signedIn(request)
        const { id } = await findRun(deps.runs, teamId, request.params.id)
        const { hash } = request.params
        // Evidence is addressed by content, so the run has to be asked whether it is its own.
        const isOwn = (await deps.evidence.ofRun(id)).some((entry) => entry.hash === hash)
        const bytes = isOwn ? await deps.evidence.get(hash) : undefined
        if (bytes === undefined) throw new AppError('not-found', 'The run has no evidence with that hash.')
        return reply
          .type('application/octet-stream')
          .header('content-disposition', `attachment; filename="${hash}"`)
          .header('cache-control', 'private, max-age=31536000, immutable')
          .send(Buffer.from(bytes))
      },
    )

    app.get(
      '/v1/runs/:id/report.html',
      {
        config: { permission: 'runs:read' },
        schema: { tags: ['report'], summary: 'The report of a run as one self-contained page', params },
      },
      async (request, reply) => {
        const { teamId } = signedIn(request)
        const { id } = await findRun(deps.runs, teamId, request.params.id)
        const page = await deps.reports.html(teamId, id)
        return reply
          .type('text/html; charset=utf-8')
          .header('content-security-policy', REPORT_POLICY)
          .send(page)
      },
    )

    app.get(
      '/v1/runs/:id/report.json',
      {
        config: { permission: 'runs:read' },
        schema: { tags: ['report'], summary: 'The report of a run as JSON', params },
      },
      async (request, reply) => {
        const { teamId } = signedIn(request)
        const { id } = await findRun(deps.runs, teamId, request.params.id)
        return reply.type('application/json; charset=utf-8').send(await deps.reports.json(teamId, id))
      },
    )
  }
}
