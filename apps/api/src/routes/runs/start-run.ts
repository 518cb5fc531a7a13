import { runSummarySchema, startRunSchema } from '@firedrill/contracts'
import { AppError, canonicalJson, parseId } from '@firedrill/core'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { oncePerKey } from '../../idempotency/once-per-key.ts'
import { presentRun } from '../../present/run-summary.ts'
import { signedIn } from '../../security/principal.ts'
import { refuseUnlessSandbox } from '../../security/sandbox-only.ts'
import { findVersion } from '../definitions.ts'
import { answers } from '../respond.ts'

type Needed = Pick<
  ApiDependencies,
  'clock' | 'definitions' | 'drills' | 'idempotency' | 'pingQueue' | 'sha256' | 'useCases' | 'signIn'
>

const headers = z.looseObject({
  'idempotency-key': z
    .string('is missing; send a key of your own choice, the same one when you repeat the request')
    .regex(/^[\x21-\x7e]{8,200}$/, 'has 8 to 200 visible characters'),
})

/** Starts runs. However often a request with one key arrives, and however many at once, one run is made. */
export function startRunRoute(deps: Needed): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      '/v1/runs',
      {
        config: { permission: 'runs:start' },
        schema: {
          tags: ['runs'],
          summary: 'Start a run of a booked drill',
          headers,
          body: startRunSchema,
          response: answers({ 201: runSummarySchema }),
        },
      },
      async (request, reply) => {
        const { teamId, actor } = signedIn(request)
        const { drillId, seed, plan } = request.body
        const key = request.headers['idempotency-key']
        const hash = deps.sha256(
          canonicalJson({ route: 'POST /v1/runs', actor: actor.id, body: request.body }),
        )
        const answer = await oncePerKey(deps, { teamId, key, hash }, async () => {
          const id = parseId('drill', drillId)
          const drill = id === undefined ? undefined : await deps.drills.get(teamId, id)
          if (drill === undefined) throw new AppError('not-found', 'There is no drill of that id.')
          const place = await findVersion(deps.definitions, teamId, 'environment', drill.environment)
          refuseUnlessSandbox(place.compiled, deps)
          await deps.pingQueue().catch((cause: unknown) => {
            throw new AppError('queue-away', 'The queue cannot be reached, so nothing was started.', {
              cause,
            })
          })
          const run = await deps.useCases.startRun({
            teamId,
            actor,
            drillId: drill.id,
            idempotencyKey: key,
            ...(seed === undefined ? {} : { seed }),
            ...(plan === undefined ? {} : { plan }),
          })
          return { status: 201, body: JSON.stringify(presentRun(run)) }
        })
        // The kept text is sent as it is, so that a repeat gets the same bytes.
        return reply
          .code(201)
          .type('application/json')
          .serializer((body: unknown) => String(body))
          .send(answer.body as never)
      },
    )
  }
}
