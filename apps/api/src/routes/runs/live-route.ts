import { Readable } from 'node:stream'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { signedIn } from '../../security/principal.ts'
import { findRun } from './find-run.ts'
import { liveEvents, sseText } from './live-events.ts'

const sequence = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

type Needed = Pick<ApiDependencies, 'clock' | 'clocks' | 'feed' | 'log' | 'platformTime' | 'runs'>

/** A run live, as server-sent events. `closing` ends every open stream, so that the API can shut down. */
export function liveRoute(deps: Needed, closing: AbortSignal): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/runs/:id/events',
      {
        config: { permission: 'runs:read' },
        schema: {
          tags: ['runs'],
          summary:
            'A run live as server-sent events; resumes exactly after Last-Event-ID, or after the query',
          params: z.object({ id: z.string() }),
          headers: z.looseObject({ 'last-event-id': sequence.optional() }),
          querystring: z.object({ after: sequence.default(0) }),
        },
      },
      async (request, reply) => {
        const { teamId } = signedIn(request)
        const run = await findRun(deps.runs, teamId, request.params.id)
        const after = request.headers['last-event-id'] ?? request.query.after
        const gone = new AbortController()
        reply.raw.on('close', () => gone.abort())
        const signal = AbortSignal.any([gone.signal, closing])
        const text = async function* () {
          yield 'retry: 1000\n\n'
          try {
            for await (const event of liveEvents(deps, run, after, signal)) yield sseText(event)
          } catch (error) {
            // The stream ends here and the reader resumes; a half-open one would look alive.
            if (!signal.aborted) deps.log.warn({ err: error, run: run.id }, 'a live stream broke off')
          }
        }
        return reply
          .headers({
            'content-type': 'text/event-stream; charset=utf-8',
            'cache-control': 'no-store, no-transform',
            'x-accel-buffering': 'no',
            connection: 'close',
          })
          .send(Readable.from(text(), { objectMode: false, highWaterMark: 16_384 }))
      },
    )
  }
}
