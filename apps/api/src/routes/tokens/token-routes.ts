import { createdTokenSchema, createTokenSchema, tokenSchema, type TokenView } from '@firedrill/contracts'
import { AppError, mayGive, parseGrant, plusMs, type Actor, type TokenRow } from '@firedrill/core'
import { randomText } from '@firedrill/runtime'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { signedIn, type SignedIn } from '../../security/principal.ts'
import { PERSON_PREFIX } from '../../sign-in/sign-in.ts'
import { answers } from '../respond.ts'

type Needed = Pick<ApiDependencies, 'ids' | 'runs' | 'sha256' | 'tokens'>

const tags = ['tokens']
const DAY_MS = 86_400_000

/** Bearer tokens of a team: make one, list them, revoke one. Nobody gives more than they hold. */
export function tokenRoutes(deps: Needed): FastifyPluginAsyncZod {
  const rowOf = async (teamId: string, id: string): Promise<TokenRow> => {
    const row = (await deps.tokens.list(teamId)).find((one) => one.id === id)
    if (row === undefined) throw new AppError('not-found', 'There is no token of that id.')
    return row
  }
  return async (app) => {
    app.get(
      '/v1/tokens',
      {
        config: { permission: 'tokens:read' },
        schema: {
          tags,
          summary: 'Every token of the team, revoked and expired ones too, the newest first',
          response: answers({ 200: z.object({ tokens: z.array(tokenSchema) }) }),
        },
      },
      async (request) => ({
        tokens: (await deps.tokens.list(signedIn(request).teamId)).map(presentToken),
      }),
    )

    app.post(
      '/v1/tokens',
      {
        config: { permission: 'tokens:write' },
        schema: {
          tags,
          summary: 'Make a token; the answer is the only one that holds it',
          body: createTokenSchema,
          response: answers({ 201: createdTokenSchema }),
        },
      },
      async (request, reply) => {
        const principal = signedIn(request)
        const { name, kind, grants, days } = request.body
        refuseGrants(principal, grants)
        const id = deps.ids.mint('token')
        const secret = `fd_${randomText(32)}`
        await deps.tokens.add({
          id,
          teamId: principal.teamId,
          name,
          hash: deps.sha256(secret),
          permissions: grants,
          actor: kind === 'machine' ? { kind: 'ci', id, name } : personOf(principal, { id, name }),
          createdBy: principal.actor,
          expiresAt: plusMs(await deps.runs.now(), days * DAY_MS),
        })
        return reply.code(201).send({ token: presentToken(await rowOf(principal.teamId, id)), secret })
      },
    )

    app.delete(
      '/v1/tokens/:id',
      {
        config: { permission: 'tokens:write' },
        schema: {
          tags,
          summary: 'Revoke a token for good; sessions that it opened end with it',
          params: z.object({ id: z.string() }),
          response: answers({ 200: tokenSchema }),
        },
      },
      async (request) => {
        const { teamId } = signedIn(request)
        if (!(await deps.tokens.revoke(teamId, request.params.id)))
          throw new AppError('not-found', 'There is no token of that id.')
        return presentToken(await rowOf(teamId, request.params.id))
      },
    )
  }
}

/** @throws AppError `request-invalid` for what is no grant, `not-permitted` for what the caller does not hold. */
function refuseGrants(principal: SignedIn, grants: readonly string[]): void {
  for (const grant of grants) {
    if (parseGrant(grant) === undefined)
      throw new AppError(
        'request-invalid',
        `${grant} is no grant. Write role:operator, or runs:read@staging.`,
      )
    if (!mayGive(principal.permissions, grant))
      throw new AppError('not-permitted', `Only what you hold yourself can be given, and ${grant} is more.`)
  }
}

/**
 * In whose name a person's token acts. Whoever signed in stays who they are, whatever tokens they make: otherwise they
 * could approve their own runs with one. Only where nobody signs in is each token a person of its own.
 */
function personOf({ actor }: SignedIn, token: Readonly<{ id: string; name: string }>): Actor {
  return actor.id.startsWith(PERSON_PREFIX) ? actor : { kind: 'person', ...token }
}

function presentToken(row: TokenRow): TokenView {
  const { id, name, actor, permissions, createdAt, createdBy, expiresAt, lastUsedAt, revokedAt } = row
  return {
    id,
    name,
    actor: { ...actor },
    grants: [...permissions],
    createdAt,
    createdBy: createdBy === undefined ? null : { ...createdBy },
    expiresAt: expiresAt ?? null,
    lastUsedAt: lastUsedAt ?? null,
    revokedAt: revokedAt ?? null,
  }
}
