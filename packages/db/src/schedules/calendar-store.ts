import type { CalendarEvent, CalendarStore, FreezeCalendar } from '@firedrill/core'
import { platformOf } from '../connection/micros.ts'
import type { FreezeCalendar as Row, Prisma, PrismaClient } from '../generated/client.ts'
import { actorOf } from '../journal/event-row.ts'

/** `CalendarStore` on PostgreSQL. */
export function calendarStore(prisma: PrismaClient): CalendarStore {
  return {
    put: async ({ teamId, name, environment, events, source, actor }) => {
      const kept = {
        environment: environment ?? null,
        events: events as unknown as Prisma.InputJsonValue,
        source,
        actorKind: actor.kind,
        actorId: actor.id,
        actorName: actor.name,
      }
      // Removed and made anew rather than changed, so that the database's clock stamps the import.
      const [, row] = await prisma.$transaction([
        prisma.freezeCalendar.deleteMany({ where: { teamId, name } }),
        prisma.freezeCalendar.create({ data: { teamId, name, ...kept } }),
      ])
      return calendarOf(row)
    },
    list: async (teamId) =>
      (await prisma.freezeCalendar.findMany({ where: { teamId }, orderBy: { name: 'asc' } })).map(calendarOf),
    remove: async (teamId, name) =>
      (await prisma.freezeCalendar.deleteMany({ where: { teamId, name } })).count > 0,
  }
}

function calendarOf(row: Row): FreezeCalendar {
  return {
    teamId: row.teamId,
    name: row.name,
    ...(row.environment === null ? {} : { environment: row.environment }),
    events: row.events as unknown as readonly CalendarEvent[],
    source: row.source,
    at: platformOf(row.at),
    actor: actorOf(row.actorKind, row.actorId, row.actorName),
  }
}
