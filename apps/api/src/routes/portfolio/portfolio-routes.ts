import { portfolioSchema, trendSchema } from '@firedrill/contracts'
import { platformInstant, plusMs, type PlatformInstant } from '@firedrill/core'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { portfolioCsv, presentOutcome, presentStanding, trendCsv } from '../../present/portfolio.ts'
import { signedIn } from '../../security/principal.ts'
import { answers } from '../respond.ts'

const tags = ['portfolio']
const config = { permission: 'runs:read' } as const
const CSV = 'text/csv; charset=utf-8'
/** A year, which is how often most rules want a drill. */
const PERIOD_MS = 365 * 86_400_000

const trendQuery = z.object({
  service: z.string().optional(),
  scenario: z.string().optional(),
  environment: z.string().optional(),
  before: z.coerce.number().int().min(1).optional().describe('Only runs with a smaller number'),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})
const portfolioQuery = z.object({
  since: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .describe('Where the period begins, in microseconds since the Unix epoch; a year ago without it'),
  after: z.string().optional().describe('Only services whose names come after it'),
  limit: z.coerce.number().int().min(1).max(1000).default(500),
})

/** What runs came to, one after another, and how services stand: as pages of JSON, and the same as CSV. */
export function portfolioRoutes(
  deps: Pick<ApiDependencies, 'outcomes' | 'platformTime' | 'runs'>,
): FastifyPluginAsyncZod {
  const trend = async (teamId: string, query: z.output<typeof trendQuery>) => {
    const { limit, ...filter } = query
    // One more than asked for tells whether there is another page.
    const found = await deps.outcomes.trend(teamId, { ...given(filter), limit: limit + 1 })
    const outcomes = found.slice(0, limit)
    return { outcomes, next: found.length > limit ? (outcomes.at(-1)?.number ?? null) : null }
  }
  const portfolio = async (teamId: string, query: z.output<typeof portfolioQuery>) => {
    const { limit, after } = query
    const since = query.since === undefined ? await yearAgo(deps) : platformInstant(query.since)
    const found = await deps.outcomes.portfolio(teamId, { ...given({ after }), since, limit: limit + 1 })
    const services = found.slice(0, limit)
    return { since, services, next: found.length > limit ? (services.at(-1)?.service ?? null) : null }
  }
  return async (app) => {
    app.get(
      '/v1/trend',
      {
        config,
        schema: {
          tags,
          summary: 'What runs came to, newest first',
          querystring: trendQuery,
          response: answers({ 200: trendSchema }),
        },
      },
      async (request) => {
        const { outcomes, next } = await trend(signedIn(request).teamId, request.query)
        return { outcomes: outcomes.map(presentOutcome), next }
      },
    )
    app.get(
      '/v1/trend.csv',
      { config, schema: { tags, summary: 'The same page as CSV', querystring: trendQuery } },
      async (request, reply) => {
        const { outcomes } = await trend(signedIn(request).teamId, request.query)
        return reply.type(CSV).send(trendCsv(outcomes))
      },
    )
    app.get(
      '/v1/portfolio',
      {
        config,
        schema: {
          tags,
          summary: 'How services stand: drilled, due, margins, findings, failed and not held since',
          querystring: portfolioQuery,
          response: answers({ 200: portfolioSchema }),
        },
      },
      async (request) => {
        const { services, ...page } = await portfolio(signedIn(request).teamId, request.query)
        return { ...page, services: services.map(presentStanding) }
      },
    )
    app.get(
      '/v1/portfolio.csv',
      { config, schema: { tags, summary: 'The same page as CSV', querystring: portfolioQuery } },
      async (request, reply) => {
        const { services } = await portfolio(signedIn(request).teamId, request.query)
        return reply.type(CSV).send(portfolioCsv(services))
      },
    )
  }
}

async function yearAgo({ runs }: Pick<ApiDependencies, 'runs'>): Promise<PlatformInstant> {
  return plusMs(await runs.now(), -PERIOD_MS)
}

/** Without the members that are undefined. */
function given<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
