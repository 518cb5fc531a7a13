import { previewScheduleSchema, scheduleSchema, upcomingSchema } from '@firedrill/contracts'
import { platformInstant } from '@firedrill/core'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { presentSchedule, readBoard, upcomingOf, type BoardStores } from '../../present/booking-board.ts'
import { signedIn } from '../../security/principal.ts'
import { findVersion } from '../definitions.ts'
import { answers } from '../respond.ts'
import { etagOf, findSchedule, scheduleParams } from './find-schedule.ts'

const tags = ['schedules']
const occurrences = z.object({ occurrences: z.array(upcomingSchema) })

/** Schedules: list, get one, and when they come next. */
export function readScheduleRoutes(deps: BoardStores): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/schedules',
      {
        config: { permission: 'schedules:read' },
        schema: {
          tags,
          summary: 'Every schedule, the soonest first',
          response: answers({ 200: z.object({ schedules: z.array(scheduleSchema) }) }),
        },
      },
      async (request) => {
        const { teamId } = signedIn(request)
        const drills = new Map((await deps.drills.list(teamId)).map((drill) => [drill.id, drill]))
        const schedules = await deps.schedules.list(teamId)
        return { schedules: schedules.map((one) => presentSchedule(one, drills.get(one.drillId))) }
      },
    )

    app.get(
      '/v1/schedules/:id',
      {
        config: { permission: 'schedules:read' },
        schema: {
          tags,
          summary: 'One schedule; its ETag is what a change sends back as If-Match',
          params: scheduleParams,
          response: answers({ 200: scheduleSchema }),
        },
      },
      async (request, reply) => {
        const { teamId } = signedIn(request)
        const found = await findSchedule(deps.schedules, teamId, request.params.id)
        void reply.header('etag', etagOf(found))
        return presentSchedule(found, await deps.drills.get(teamId, found.drillId))
      },
    )

    app.get(
      '/v1/schedules/:id/occurrences',
      {
        config: { permission: 'schedules:read' },
        schema: {
          tags,
          summary: 'When it comes next, in UTC and on its wall clock, and what would be in its way',
          params: scheduleParams,
          querystring: z.object({ count: z.coerce.number().int().min(1).max(50).default(10) }),
          response: answers({ 200: occurrences }),
        },
      },
      async (request) => {
        const { teamId } = signedIn(request)
        const found = await findSchedule(deps.schedules, teamId, request.params.id)
        const board = await readBoard(deps, teamId)
        const drill = board.drills.get(found.drillId)
        const { scenario = '', environment = '' } = drill ?? {}
        const about = { scenario, environment, title: found.title, own: found.id }
        return { occurrences: upcomingOf(board, found, about, request.query.count) }
      },
    )

    app.post(
      '/v1/schedules/preview',
      {
        config: { permission: 'schedules:read' },
        schema: {
          tags,
          summary: 'When something that is not booked yet would come; nothing is stored',
          body: previewScheduleSchema,
          response: answers({ 200: occurrences }),
        },
      },
      async (request) => {
        const { teamId } = signedIn(request)
        const { scenario, environment, when, validFrom, validUntil, count, scheduleId } = request.body
        const plan = await findVersion(deps.definitions, teamId, 'scenario', scenario)
        await findVersion(deps.definitions, teamId, 'environment', environment)
        const terms = {
          when,
          ...(validFrom === undefined ? {} : { validFrom: platformInstant(validFrom) }),
          ...(validUntil === undefined ? {} : { validUntil: platformInstant(validUntil) }),
        }
        const about = {
          scenario,
          environment,
          title: plan.compiled.title,
          ...(scheduleId === undefined ? {} : { own: scheduleId }),
        }
        return { occurrences: upcomingOf(await readBoard(deps, teamId), terms, about, count) }
      },
    )
  }
}
