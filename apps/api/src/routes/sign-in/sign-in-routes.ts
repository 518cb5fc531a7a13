import { AppError } from '@firedrill/core'
import { randomText } from '@firedrill/runtime'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { signedIn } from '../../security/principal.ts'
import { PERSON_COOKIE, PERSON_SECONDS, SESSION_COOKIE } from '../../security/session.ts'
import { CALLBACK_PATH } from '../../sign-in/identity-provider.ts'
import { SIGN_IN_COOKIE, SIGN_IN_SECONDS } from '../../sign-in/sign-in-cookie.ts'
import { admit, type SignIn } from '../../sign-in/sign-in.ts'
import { answers } from '../respond.ts'
import { localPath } from '../session/session-routes.ts'

type Needed = Pick<ApiDependencies, 'log' | 'people' | 'sha256' | 'signIn' | 'signInCookie'>

const tags = ['session']

/** Signing in with the identity provider, and out again. Without a provider the first answers 404. */
export function signInRoutes(deps: Needed): FastifyPluginAsyncZod {
  const configured = (): SignIn => {
    if (deps.signIn === undefined)
      throw new AppError(
        'not-found',
        'Sign-in is not configured here. Open a one-time link, or send a token.',
      )
    return deps.signIn
  }
  const isSecure = deps.signIn?.publicUrl.startsWith('https:') === true
  return async (app) => {
    app.get(
      '/sign-in',
      {
        exposeHeadRoute: false,
        config: { permission: 'public' },
        schema: {
          tags,
          summary: 'Go to the identity provider, and come back with a session',
          querystring: z.object({ to: localPath }),
        },
      },
      async (request, reply) => {
        const { provider } = configured()
        const { url, checks } = await provider.begin().catch((cause: unknown) => {
          throw new AppError('upstream-failed', 'The identity provider cannot be reached.', { cause })
        })
        // Lax, because it has to come along when the provider sends the browser back; it opens nothing by itself.
        const cookie = deps.signInCookie.write({ ...checks, to: request.query.to })
        return reply
          .setCookie(SIGN_IN_COOKIE, cookie, {
            path: '/sign-in',
            httpOnly: true,
            secure: isSecure,
            sameSite: 'lax',
            maxAge: SIGN_IN_SECONDS,
          })
          .redirect(url, 303)
      },
    )

    app.get(
      CALLBACK_PATH,
      {
        exposeHeadRoute: false,
        config: { permission: 'public' },
        schema: { tags, summary: 'Where the identity provider sends people back to' },
      },
      async (request, reply) => {
        const { provider, groups } = configured()
        const cookie = request.cookies[SIGN_IN_COOKIE]
        const flow = cookie === undefined ? undefined : deps.signInCookie.read(cookie)
        void reply.clearCookie(SIGN_IN_COOKIE, { path: '/sign-in' })
        if (flow === undefined)
          throw new AppError('not-signed-in', 'This sign-in was not begun in this browser, or took too long.')
        const query = request.url.split('?')[1] ?? ''
        const person = await provider.finish(query, flow).catch((cause: unknown) => {
          throw new AppError('not-signed-in', 'The identity provider did not vouch for this sign-in.', {
            cause,
          })
        })
        const admitted = admit(person, groups, deps.sha256)
        if (admitted === undefined) {
          deps.log.warn({ subject: person.subject, groups: person.groups }, 'turned away: in no known group')
          throw new AppError('not-permitted', 'You are in no group that may do anything here.')
        }
        const secret = `${PERSON_COOKIE}${randomText(32)}`
        await deps.people.open({ ...admitted, hash: deps.sha256(secret), lifeMs: PERSON_SECONDS * 1000 })
        return reply
          .setCookie(SESSION_COOKIE, secret, {
            path: '/',
            httpOnly: true,
            secure: isSecure,
            // Strict would not come along on the way back from the provider; changes are held to their origin anyway.
            sameSite: 'lax',
            maxAge: PERSON_SECONDS,
          })
          .redirect(flow.to, 303)
      },
    )

    app.post(
      '/v1/session/sign-out',
      {
        config: { permission: 'session:read' },
        schema: {
          tags,
          summary: 'End every session of the caller, in all browsers',
          body: z.object({}).optional(),
          response: answers({ 200: z.object({ ended: z.int() }) }),
        },
      },
      async (request, reply) => {
        const { teamId, actor } = signedIn(request)
        const ended = await deps.people.revokeOf(teamId, actor.id)
        return reply.clearCookie(SESSION_COOKIE, { path: '/' }).send({ ended })
      },
    )
  }
}
