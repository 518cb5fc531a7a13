import { reasonSchema } from '@firedrill/contracts'
import { AppError, EVERYTHING } from '@firedrill/core'
import { isPassword, randomText } from '@firedrill/runtime'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { DEFAULT_TEAM } from '../../security/first-token.ts'
import { PERSON_COOKIE, SESSION_COOKIE } from '../../security/session.ts'
import { fewAttempts } from '../../sign-in/few-attempts.ts'
import { PERSON_PREFIX } from '../../sign-in/sign-in.ts'
import { answers } from '../respond.ts'

type Needed = Pick<
  ApiDependencies,
  'auditScope' | 'clock' | 'localAdmin' | 'log' | 'people' | 'sha256' | 'signIn'
>

/** Who breaks the glass is one person to approvals and to the audit, whoever it was: they say it in the reason. */
const LOCAL_ADMIN = { kind: 'person', id: `${PERSON_PREFIX}local`, name: 'local administrator' } as const
const LIFE_SECONDS = 3600

/** The way in while the provider is away: a password, for an hour, with a reason, and never quietly. */
export function localAdminRoute(deps: Needed): FastifyPluginAsyncZod {
  const attempt = fewAttempts(deps.clock, { max: 5, windowMs: 60_000 })
  return async (app) => {
    app.post(
      '/sign-in/local',
      {
        config: { permission: 'public' },
        schema: {
          tags: ['session'],
          summary: 'Sign in as the local administrator, for an hour; logged and audited with its reason',
          body: z.object({ password: z.string().min(1).max(1000), reason: reasonSchema }),
          response: answers({ 200: z.object({ expiresInSeconds: z.int() }) }),
        },
      },
      async (request, reply) => {
        if (deps.localAdmin === undefined)
          throw new AppError('not-found', 'There is no local administrator here.')
        attempt()
        const { password, reason } = request.body
        if (!(await isPassword(password, deps.localAdmin))) {
          deps.log.error({ reason }, 'somebody tried to sign in as the local administrator')
          throw new AppError('not-signed-in', 'This is not the password.')
        }
        const secret = `${PERSON_COOKIE}${randomText(32)}`
        const session = { teamId: DEFAULT_TEAM, actor: LOCAL_ADMIN, permissions: [EVERYTHING] }
        const route = 'POST /sign-in/local'
        await deps.auditScope.run({ ...session, requestId: request.id, route, reason }, () =>
          deps.people.open({ ...session, hash: deps.sha256(secret), lifeMs: LIFE_SECONDS * 1000 }),
        )
        deps.log.error({ reason }, 'the local administrator signed in')
        return reply
          .setCookie(SESSION_COOKIE, secret, {
            path: '/',
            httpOnly: true,
            secure: deps.signIn?.publicUrl.startsWith('https:') === true,
            sameSite: 'strict',
            maxAge: LIFE_SECONDS,
          })
          .send({ expiresInSeconds: LIFE_SECONDS })
      },
    )
  }
}
