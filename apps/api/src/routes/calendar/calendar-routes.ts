import { calendarSchema, type CalendarView } from '@firedrill/contracts'
import { AppError, platformInstant, plusMs, type PlatformInstant } from '@firedrill/core'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { readBoard, type BoardStores } from '../../present/booking-board.ts'
import { calendarFeed } from '../../present/calendar-feed.ts'
import { ENTRIES_MAX, presentCalendar } from '../../present/calendar.ts'
import { signedIn } from '../../security/principal.ts'
import { answers } from '../respond.ts'

const tags = ['calendar']
const DAY_MS = 86_400_000
const LONGEST_MS = 400 * DAY_MS
/** What the feed shows: a month back, half a year ahead. */
const FEED_BACK_MS = 31 * DAY_MS
const FEED_AHEAD_MS = 184 * DAY_MS

const instant = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

/** The calendar of a team, for pages and for calendar programs. */
export function calendarRoutes(deps: BoardStores): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/calendar',
      {
        config: { permission: 'schedules:read' },
        schema: {
          tags,
          summary:
            'Booked drills, what became of past ones, freezes and conflicts between two platform instants',
          querystring: z.object({ from: instant, to: instant }),
          response: answers({ 200: calendarSchema }),
        },
      },
      async (request) => {
        const from = platformInstant(request.query.from)
        const to = platformInstant(request.query.to)
        if (to <= from || (to - from) / 1000 > LONGEST_MS)
          throw new AppError(
            'request-invalid',
            'A calendar ends after it begins, and is 400 days long at most.',
          )
        return calendarOf(deps, signedIn(request).teamId, from, to)
      },
    )

    app.get(
      '/v1/calendar.ics',
      {
        config: { permission: 'schedules:read' },
        schema: {
          tags,
          summary: 'Booked drills as an iCalendar feed: a month back, half a year ahead',
          produces: ['text/calendar'],
          response: answers({ 200: z.string() }),
        },
      },
      async (request, reply) => {
        const now = await deps.runs.now()
        const { teamId } = signedIn(request)
        const calendar = await calendarOf(
          deps,
          teamId,
          plusMs(now, -FEED_BACK_MS),
          plusMs(now, FEED_AHEAD_MS),
        )
        return reply
          .type('text/calendar; charset=utf-8')
          .header('content-disposition', 'inline; filename="firedrill.ics"')
          .serializer((body: unknown) => String(body))
          .send(calendarFeed(calendar))
      },
    )
  }
}

async function calendarOf(
  deps: BoardStores,
  teamId: string,
  from: PlatformInstant,
  to: PlatformInstant,
): Promise<CalendarView> {
  const [board, all] = await Promise.all([
    readBoard(deps, teamId),
    deps.schedules.occurrences(teamId, from, to),
  ])
  const occurrences = all.slice(-ENTRIES_MAX)
  const ids = occurrences.flatMap(({ runId }) => runId ?? [])
  const runs = (await Promise.all(ids.map((id) => deps.runs.get(teamId, id)))).flatMap((run) => run ?? [])
  return presentCalendar(board, { from, to, occurrences, runs: new Map(runs.map((run) => [run.id, run])) })
}
