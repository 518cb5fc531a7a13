import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Clock } from '@firedrill/core'
import { hostNow, randomText } from '@firedrill/runtime'
import { z } from 'zod'

/** Name of the session cookie. */
export const SESSION_COOKIE = 'firedrill_session'
/** Life of a session. */
export const SESSION_SECONDS = 12 * 3600
/** Life of the session of a person who signed in, and for how long it lives unseen. */
export const PERSON_SECONDS = 12 * 3600
export const PERSON_IDLE_MS = 3_600_000
/** Begins the cookie of such a session. */
export const PERSON_COOKIE = 'fds_'
/** Life of a one-time link. */
export const TICKET_SECONDS = 300
/** More open links than this push out the oldest: a link nobody opens must not fill memory. */
const TICKETS_MAX = 1000

/** One-time links and the sessions they give. */
export type Sessions = Readonly<{
  /** A ticket for one session of the token with this hash. Works once, and only in this process. */
  createTicket(tokenHash: string): string
  /** The value of a session cookie for a ticket, or undefined when the ticket is unknown, used or too old. */
  redeem(ticket: string): string | undefined
  /** The token hash behind a session cookie, or undefined when it is forged or too old. */
  verify(cookie: string): string | undefined
}>

const claimSchema = z.strictObject({ tokenHash: z.string(), until: z.int() })

/**
 * Sessions are signed, not stored: they outlive a restart of the API, and end when their token is revoked or the secret
 * changes. Tickets live in memory only.
 */
export function createSessions(options: Readonly<{ secret: string; clock: Clock }>): Sessions {
  const { secret, clock } = options
  const tickets = new Map<string, Readonly<{ tokenHash: string; untilMs: number }>>()
  const sign = (payload: string) =>
    createHmac('sha256', secret).update(`session.${payload}`).digest('base64url')

  return {
    createTicket: (tokenHash) => {
      const ticket = randomText(32)
      tickets.set(ticket, { tokenHash, untilMs: clock.monotonicMs() + TICKET_SECONDS * 1000 })
      const [oldest] = tickets.keys()
      if (tickets.size > TICKETS_MAX && oldest !== undefined) tickets.delete(oldest)
      return ticket
    },
    redeem: (ticket) => {
      const known = tickets.get(ticket)
      tickets.delete(ticket)
      if (known === undefined || known.untilMs < clock.monotonicMs()) return undefined
      const claim = { tokenHash: known.tokenHash, until: hostNow() + SESSION_SECONDS * 1_000_000 }
      const payload = Buffer.from(JSON.stringify(claim)).toString('base64url')
      return `${payload}.${sign(payload)}`
    },
    verify: (cookie) => {
      const [payload = '', signature = '', ...rest] = cookie.split('.')
      if (rest.length > 0 || !isEqual(signature, sign(payload))) return undefined
      const claim = claimSchema.parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')))
      return claim.until < hostNow() ? undefined : claim.tokenHash
    },
  }
}

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
