import { AppError, type Actor, type Permission } from '@firedrill/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** What a route asks for. `public` is for what a page needs before it has a session: health, documents, the page itself. */
export type RoutePermission = Permission | 'public'

/** Who a request comes from. `permissions` are grants as they are written. */
export type Principal = Readonly<
  | { kind: 'anonymous' }
  | { kind: 'token' | 'session'; teamId: string; actor: Actor; permissions: readonly string[] }
>
/** A principal that proved who it is. */
export type SignedIn = Exclude<Principal, { kind: 'anonymous' }>

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Required of every route; a route without one keeps the API from starting. */
    permission?: RoutePermission
  }
  interface FastifyRequest {
    principal: Principal
  }
}

/** The signed-in principal of a request. @throws AppError `not-signed-in`. */
export function signedIn(request: Readonly<{ principal: Principal }>): SignedIn {
  if (request.principal.kind === 'anonymous')
    throw new AppError('not-signed-in', 'Send a bearer token, or open a one-time link to get a session.')
  return request.principal
}

const ANONYMOUS: Principal = Object.freeze({ kind: 'anonymous' })

/** Gives every request a principal: nobody, until the request was authenticated. */
export function trackPrincipals(app: FastifyInstance): void {
  const principals = new WeakMap<FastifyRequest, Principal>()
  app.decorateRequest('principal', {
    getter() {
      return principals.get(this) ?? ANONYMOUS
    },
    setter(principal) {
      principals.set(this, principal)
    },
  })
}
