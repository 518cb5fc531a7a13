import { AppError, type Permission } from '@firedrill/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { RATES, type RateLimit } from './rate-limit.ts'

/** What has to get through however much else is asked: stopping and putting back. */
const URGENT: readonly (Permission | 'public' | undefined)[] = ['runs:abort', 'halt:set', 'runs:resolve']

/** Refuses callers that ask too much; who is not known is counted by their address. @throws AppError `too-many-requests`. */
export function refuseFlood(
  { principal, ip, routeOptions }: FastifyRequest,
  reply: FastifyReply,
  limit: Pick<RateLimit, 'take'>,
): void {
  if (URGENT.includes(routeOptions.config?.permission)) return
  const waitSeconds =
    principal.kind === 'anonymous'
      ? limit.take(ip, RATES.unknown)
      : limit.take(principal.actor.id, RATES.known)
  if (waitSeconds === undefined) return
  void reply.header('retry-after', String(waitSeconds))
  throw new AppError('too-many-requests', `Too many requests; go on in ${waitSeconds} seconds.`)
}
