import type { ServerResponse } from 'node:http'
import { z } from 'zod'
import type { TimeKeeper, WaitAnswer } from './time-keeper.ts'

const member = z.string().min(1).max(120)
const joinBody = z.strictObject({ member, leaseMs: z.int().min(200).max(600_000).default(5000) })
const beatBody = z.strictObject({ member })
const busyBody = z.strictObject({ member, report: z.int().min(0) })
const waitBody = z
  .strictObject({
    member,
    report: z.int().min(0).optional(),
    /** An instant of world time; null for not by itself. */
    until: z.int().nullable().optional(),
    /** World milliseconds from now, instead of until. */
    ms: z.number().min(0).optional(),
    holds: z.array(z.array(z.int())).default([]),
  })
  .refine(({ until, ms }) => (until === undefined) !== (ms === undefined), 'give one of until and ms')

type Reply = { readonly status: number; readonly body: unknown }

const UNKNOWN: Reply = {
  status: 410,
  body: { error: 'This member is not registered (any more). POST /lockstep/join first.' },
}

/** The part of the control port by which processes share a lockstep clock. */
export class LockstepRoutes {
  readonly #keeper: TimeKeeper
  readonly #worldNow: () => number
  #reports = 0

  constructor(keeper: TimeKeeper, worldNow: () => number) {
    this.#keeper = keeper
    this.#worldNow = worldNow
  }

  /** Answers one request; a wait may take as long as the world takes. @throws ZodError for a bad body. */
  async answer(route: string, body: string, response: ServerResponse): Promise<Reply | null> {
    switch (route) {
      case 'GET /lockstep':
        return { status: 200, body: this.#keeper.describe() }
      case 'POST /lockstep/join': {
        const { member: name, leaseMs } = joinBody.parse(JSON.parse(body))
        return { status: 201, body: { member: name, worldAt: this.#keeper.join(name, leaseMs), leaseMs } }
      }
      case 'POST /lockstep/beat':
        return this.#keeper.beat(beatBody.parse(JSON.parse(body)).member) ? done() : UNKNOWN
      case 'POST /lockstep/busy': {
        const { member: name, report } = busyBody.parse(JSON.parse(body))
        return this.#keeper.busy(name, report) ? done() : UNKNOWN
      }
      case 'POST /lockstep/leave':
        this.#keeper.leave(beatBody.parse(JSON.parse(body)).member)
        return done()
      case 'POST /lockstep/wait':
        return this.#wait(waitBody.parse(JSON.parse(body)), response)
      default:
        return null
    }
  }

  async #wait(body: z.infer<typeof waitBody>, response: ServerResponse): Promise<Reply> {
    const until = body.ms === undefined ? (body.until ?? null) : this.#worldNow() + Math.round(body.ms * 1000)
    // Its end was noticed before anything of it could be: a report of the dead would hold time for ever.
    if (response.destroyed) return UNKNOWN
    // Whoever counts no reports sends them one after the other.
    const report = body.report ?? this.#reports++
    const waited = this.#keeper.wait(body.member, { report, until, holds: body.holds })
    if (waited === null) return UNKNOWN
    let isAnswered = false
    response.once('close', () => {
      if (!isAnswered) this.#keeper.leave(body.member)
    })
    const answer: WaitAnswer = await waited
    isAnswered = true
    return { status: 200, body: answer }
  }
}

const done = (): Reply => ({ status: 200, body: { ok: true } })
