import { AsyncLocalStorage } from 'node:async_hooks'
import type { AuditContext } from '@firedrill/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'

/** Carries who asked for a change to the connections that make it, through everything that is done for the request. */
export type AuditScope = Readonly<{
  /** On whose behalf the code that calls this is running; undefined for what nobody asked for. */
  current(): AuditContext | undefined
  run<T>(context: AuditContext, work: () => T): T
}>

/** One for the process: the stores read what the hook sets. */
export function createAuditScope(): AuditScope {
  const storage = new AsyncLocalStorage<AuditContext>()
  return { current: () => storage.getStore(), run: (context, work) => storage.run(context, work) }
}

const wordsSchema = z.looseObject({
  reason: z.string().optional().catch(undefined),
  note: z.string().nullish().catch(undefined),
  text: z.string().optional().catch(undefined),
})

/** Every request of somebody who is known, but for those that only read, runs in their name. */
export function auditRequests(app: FastifyInstance, scope: AuditScope): void {
  app.addHook('preHandler', (request, _reply, done) => {
    const context = contextOf(request)
    if (context === undefined) done()
    else scope.run(context, done)
  })
}

function contextOf(request: FastifyRequest): AuditContext | undefined {
  const { principal, method } = request
  if (principal.kind === 'anonymous' || method === 'GET' || method === 'HEAD') return undefined
  const { reason, note, text } = wordsSchema.catch({}).parse(request.body ?? {})
  return {
    actor: principal.actor,
    teamId: principal.teamId,
    requestId: request.id,
    route: `${method} ${request.routeOptions.url ?? ''}`,
    reason: reason ?? note ?? text ?? '',
  }
}
