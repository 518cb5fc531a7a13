import type { Drill, DrillId, DrillStore } from '@firedrill/core'
import { platformOf } from '../connection/micros.ts'
import type { PrismaClient, Drill as Row } from '../generated/client.ts'
import { actorOf } from '../journal/event-row.ts'

/** `DrillStore` on PostgreSQL. */
export function drillStore(prisma: PrismaClient): DrillStore {
  return {
    book: ({ createdBy, ...drill }) =>
      prisma.$transaction(async (transaction) => {
        const { teamId, scenario, environment } = drill
        const pair = JSON.stringify([teamId, scenario, environment])
        // Who books the same pair waits here, so that the second finds what the first has booked.
        await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`drill/${pair}`}, 0))`
        const known = await transaction.drill.findFirst({
          where: { teamId, scenario, environment },
          orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        })
        if (known !== null) return drillOf(known)
        const { kind: actorKind, id: actorId, name: actorName } = createdBy
        return drillOf(await transaction.drill.create({ data: { ...drill, actorKind, actorId, actorName } }))
      }),
    get: async (teamId, id) => {
      const row = await prisma.drill.findUnique({ where: { id, teamId } })
      return row === null ? undefined : drillOf(row)
    },
    list: async (teamId) => {
      const rows = await prisma.drill.findMany({
        where: { teamId },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      })
      return rows.map(drillOf)
    },
  }
}

function drillOf(row: Row): Drill {
  return {
    id: row.id as DrillId,
    teamId: row.teamId,
    title: row.title,
    scenario: row.scenario,
    environment: row.environment,
    createdAt: platformOf(row.createdAt),
    createdBy: actorOf(row.actorKind, row.actorId, row.actorName),
  }
}
