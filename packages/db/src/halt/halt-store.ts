import type { Actor, HaltStore } from '@firedrill/core'
import { platformOf } from '../connection/micros.ts'
import type { PrismaClient } from '../generated/client.ts'
import { actorOf } from '../journal/event-row.ts'

/** `HaltStore` on PostgreSQL: one row for the guard to read, and a log of who set and lifted it. */
export function haltStore(prisma: PrismaClient): HaltStore {
  const change = async (isSet: boolean, by: Actor, reason: string) => {
    const what = { isSet, reason, actorKind: by.kind, actorId: by.id, actorName: by.name }
    await prisma.$transaction(async (transaction) => {
      const { at } = await transaction.haltChange.create({ data: what })
      await transaction.halt.upsert({
        where: { id: 1 },
        update: { ...what, at },
        create: { id: 1, ...what, at },
      })
    })
  }
  return {
    get: async () => {
      const row = await prisma.halt.findUnique({ where: { id: 1 } })
      // Not knowing is a refusal: without the row nothing may start.
      if (row === null) return { set: true, reason: 'the halt row is missing' }
      const { actorKind, actorId, actorName, at } = row
      return {
        set: row.isSet,
        reason: row.reason,
        ...(actorKind === null || actorId === null || actorName === null
          ? {}
          : { by: actorOf(actorKind, actorId, actorName) }),
        ...(at === null ? {} : { at: platformOf(at) }),
      }
    },
    set: (by, reason) => change(true, by, reason),
    lift: (by, reason) => change(false, by, reason),
  }
}
