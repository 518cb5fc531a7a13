import { ticketSchema, whoAmISchema } from '@firedrill/contracts'
import { AppError, effectivePermissions } from '@firedrill/core'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { signedIn } from '../../security/principal.ts'
import { SESSION_COOKIE, SESSION_SECONDS, TICKET_SECONDS } from '../../security/session.ts'
import { answers } from '../respond.ts'

const tags = ['session']

/** A local path to go to after signing in: never another host, whatever a browser makes of slashes and backslashes. */
export const localPath = z
  .string()
  .regex(/^\/(?![/\\])[A-Za-z0-9/_.~?=&%-]*$/)
  .default('/')

/** Sessions for the page: a token asks for a one-time link, the link gives a browser a cookie. */
export function sessionRoutes(deps: Pick<ApiDependencies, 'sessions' | 'sha256'>): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/session',
      {
        config: { permission: 'session:read' },
        schema: { tags, summary: 'Who the caller is', response: answers({ 200: whoAmISchema }) },
      },
      async (request) => {
        const { actor, teamId, permissions } = signedIn(request)
        return { actor: { ...actor }, teamId, permissions: [...effectivePermissions(permissions)] }
      },
    )

    app.post(
      '/v1/session/tickets',
      {
        config: { permission: 'session:create' },
        schema: {
          tags,
          summary: 'Make a one-time link that gives a browser a session',
          body: z.object({}).optional(),
          response: answers({ 201: ticketSchema }),
        },
      },
      async (request, reply) => {
        const token = request.headers.authorization?.slice('Bearer '.length)
        // A session must not be able to prolong itself for ever.
        if (signedIn(request).kind !== 'token' || token === undefined)
          throw new AppError('not-permitted', 'A link is made with the token, not with a session.')
        const ticket = deps.sessions.createTicket(deps.sha256(token))
        return reply.code(201).send({ path: `/session?ticket=${ticket}`, expiresInSeconds: TICKET_SECONDS })
      },
    )

    app.get(
      '/session',
      {
        // A HEAD by whoever previews links must not use the ticket up.
        exposeHeadRoute: false,
        config: { permission: 'public' },
        schema: {
          tags,
          summary: 'Open a one-time link: sets the session cookie and goes to the page',
          querystring: z.object({ ticket: z.string().max(200), to: localPath }),
        },
      },
      async (request, reply) => {
        const cookie = deps.sessions.redeem(request.query.ticket)
        if (cookie === undefined)
          throw new AppError('not-signed-in', 'This link was used before or is too old. Ask for a new one.')
        return reply
          .setCookie(SESSION_COOKIE, cookie, {
            path: '/',
            httpOnly: true,
            sameSite: 'strict',
            maxAge: SESSION_SECONDS,
          })
          .redirect(request.query.to, 303)
      },
    )
  }
}
