import { evidenceSchema, REPORT_FORMATS, type ReportFormat } from '@firedrill/contracts'
import { AppError } from '@firedrill/core'
import type { Report } from '@firedrill/report'
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
  deps: Pick<ApiDependencies, 'runs' | 'evidence' | 'renderRun'>,
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
      '/v1/runs/:id/report.:format',
      {
        config: { permission: 'runs:read' },
        schema: {
          tags: ['report'],
          summary: 'The report of a run: one self-contained page, or JSON, CSV or Markdown',
          params: params.extend({ format: z.enum(REPORT_FORMATS) }),
        },
      },
      async (request, reply) => {
        const { teamId } = signedIn(request)
        const { id, format } = request.params
        const report = await deps.renderRun(await findRun(deps.runs, teamId, id))
        if (format === 'html') void reply.header('content-security-policy', REPORT_POLICY)
        return reply.type(MEDIA_TYPES[format]).send(textOf(report, format))
      },
    )
  }
}

const MEDIA_TYPES: Readonly<Record<ReportFormat, string>> = {
  html: 'text/html; charset=utf-8',
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
}

function textOf(report: Report, format: ReportFormat): string {
  switch (format) {
    case 'html':
      return report.html
    case 'json':
      return report.json
    case 'csv':
      return report.csv
    case 'md':
      return report.markdown
  }
}
