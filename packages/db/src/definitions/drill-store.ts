import type { Drill, DrillId, DrillStore } from '@firedrill/core'
import { platformOf } from '../connection/micros.ts'
import type { PrismaClient, Drill as Row } from '../generated/client.ts'
import { actorOf } from '../journal/event-row.ts'

/** `DrillStore` on PostgreSQL. */
export function drillStore(prisma: PrismaClient): DrillStore {
  return {
    create: async ({ createdBy, ...drill }) =>
      drillOf(
        await prisma.drill.create({
          data: { ...drill, actorKind: createdBy.kind, actorId: createdBy.id, actorName: createdBy.name },
        }),
      ),
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
