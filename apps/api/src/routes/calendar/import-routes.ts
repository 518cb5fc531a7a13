import {
  freezeCalendarSchema,
  importCalendarSchema,
  nameSchema,
  type FreezeCalendarView,
} from '@firedrill/contracts'
import { AppError, freezesOf, plusMs, type FreezeCalendar, type PlatformInstant } from '@firedrill/core'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { presentFreeze } from '../../present/calendar.ts'
import { signedIn } from '../../security/principal.ts'
import { findVersion } from '../definitions.ts'
import { answers } from '../respond.ts'

type Needed = Pick<ApiDependencies, 'calendars' | 'compilers' | 'definitions' | 'runs' | 'useCases'>

const tags = ['calendar']
const params = z.object({ name: nameSchema })
const TWO_YEARS_MS = 2 * 366 * 86_400_000
const NEXT_MAX = 5

/** Calendars of freezes: import, list, remove. */
export function importRoutes(deps: Needed): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/calendars',
      {
        config: { permission: 'schedules:read' },
        schema: {
          tags,
          summary: 'Every imported calendar of freezes, with the next ones it brings',
          response: answers({ 200: z.object({ calendars: z.array(freezeCalendarSchema) }) }),
        },
      },
      async (request) => {
        const now = await deps.runs.now()
        const calendars = await deps.calendars.list(signedIn(request).teamId)
        return { calendars: calendars.map((calendar) => present(calendar, now)) }
      },
    )

    app.put(
      '/v1/calendars/:name',
      {
        config: { permission: 'calendars:write' },
        schema: {
          tags,
          summary: 'Import an iCalendar file of freezes, in place of the one of that name',
          params,
          body: importCalendarSchema,
          response: answers({ 200: freezeCalendarSchema }),
        },
      },
      async (request) => {
        const { teamId, actor } = signedIn(request)
        const { source, environment, timeZone } = request.body
        if (environment !== undefined) await findVersion(deps.definitions, teamId, 'environment', environment)
        const read = deps.compilers.calendar(source, timeZone)
        if (!read.ok)
          throw new AppError('definition-invalid', `The calendar has ${read.problems.length} problems.`, {
            problems: read.problems,
          })
        const kept = await deps.useCases.importCalendar({
          teamId,
          name: request.params.name,
          ...(environment === undefined ? {} : { environment }),
          events: read.events,
          source,
          actor,
        })
        return present(kept, await deps.runs.now())
      },
    )

    app.delete(
      '/v1/calendars/:name',
      {
        config: { permission: 'calendars:write' },
        schema: {
          tags,
          summary: 'Remove an imported calendar: its freezes hold no more',
          params,
          response: answers({ 204: z.null() }),
        },
      },
      async (request, reply) => {
        await deps.useCases.removeCalendar(signedIn(request).teamId, request.params.name)
        return reply.code(204).send(null)
      },
    )
  }
}

function present(calendar: FreezeCalendar, now: PlatformInstant): FreezeCalendarView {
  const { name, environment, events, at, actor } = calendar
  const next = freezesOf(calendar, now, plusMs(now, TWO_YEARS_MS)).slice(0, NEXT_MAX)
  return {
    name,
    environment: environment ?? null,
    events: events.length,
    at,
    actor: { ...actor },
    next: next.map((freeze) => presentFreeze(freeze, environment)),
  }
}
