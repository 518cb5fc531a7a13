import type { PlatformStanding } from '@firedrill/core'
import type { Gauge, Reading } from '@firedrill/runtime'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { answers } from '../respond.ts'

const MS_PER_S = 1000

/** What is said of the whole installation, and where it stands in a `PlatformStanding`. */
const STANDING: readonly (Gauge & Readonly<{ read: (standing: PlatformStanding) => readonly Reading[] }>)[] =
  [
    {
      name: 'firedrill_runs',
      help: 'Runs that are not over',
      labels: ['status'],
      read: ({ runs }) => Object.entries(runs).map(([status, value]) => ({ labels: { status }, value })),
    },
    one('firedrill_faults_live', 'Faults that are in', ({ faults }) => faults.live),
    one(
      'firedrill_faults_overdue',
      'Faults that are in past the expiry they were approved with',
      ({ faults }) => faults.overdue,
    ),
    one(
      'firedrill_fault_overdue_seconds',
      'How far the longest overdue fault is past its expiry, in the time of its world',
      ({ faults }) => faults.longestOverdueMs / MS_PER_S,
    ),
    one(
      'firedrill_events_waiting',
      'Events that a webhook has not taken yet',
      ({ events }) => events.waiting,
    ),
    one(
      'firedrill_events_dead',
      'Events that were given up on and wait for somebody to replay them',
      ({ events }) => events.dead,
    ),
    one(
      'firedrill_event_waiting_seconds',
      'How long the oldest event that waits has been waiting',
      ({ events }) => events.longestWaitingMs / MS_PER_S,
    ),
    one('firedrill_halted', '1 while the global halt is set', ({ isHalted }) => (isHalted ? 1 : 0)),
  ]

function one(name: string, help: string, value: (standing: PlatformStanding) => number) {
  return { name, help, read: (standing: PlatformStanding) => [{ value: value(standing) }] }
}

/** Metrics of the API and of the whole installation, for Prometheus. */
export function metricsRoute(deps: Pick<ApiDependencies, 'metrics' | 'readStanding'>): FastifyPluginAsyncZod {
  return async (app) => {
    deps.metrics.gauges(STANDING, async () => {
      const standing = await deps.readStanding()
      return STANDING.map(({ read }) => read(standing))
    })
    app.get(
      '/metrics',
      {
        config: { permission: 'health:read' },
        schema: {
          tags: ['health'],
          summary: 'Metrics in the text form of Prometheus',
          produces: ['text/plain'],
          response: answers({ 200: z.string() }),
        },
      },
      async (_request, reply) => {
        const { contentType, text } = await deps.metrics.render()
        return reply.header('content-type', contentType).send(text)
      },
    )
  }
}
