import type { FastifyInstance } from 'fastify'
import type { ProcessMetrics } from '@firedrill/runtime'

const MS_PER_S = 1000

/** Times every request by its route's pattern, so that addresses with ids in them are one. Live streams, which last, are left out. */
export function timeRequests(app: FastifyInstance, metrics: Pick<ProcessMetrics, 'timer'>): void {
  const observe = metrics.timer('firedrill_http_request_duration_seconds', 'How long requests took', [
    'method',
    'route',
    'status',
  ])
  app.addHook('onResponse', async (request, reply) => {
    if (String(reply.getHeader('content-type')).startsWith('text/event-stream')) return
    const { method, routeOptions } = request
    const labels = { method, route: routeOptions.url ?? 'none', status: String(reply.statusCode) }
    observe(labels, reply.elapsedTime / MS_PER_S)
  })
}
