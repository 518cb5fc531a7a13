import type { RunId, SignOff, SignOffRole, SignOffStore } from '@firedrill/core'
import { platformOf } from '../connection/micros.ts'
import type { PrismaClient, SignOff as Row } from '../generated/client.ts'
import { actorOf } from '../journal/event-row.ts'

/** `SignOffStore` on PostgreSQL. The place of an act is its key, so that of two at once one is told to look again. */
export function signOffStore(prisma: PrismaClient): SignOffStore {
  return {
    ofRun: async (runId) =>
      (await prisma.signOff.findMany({ where: { runId }, orderBy: { seq: 'asc' } })).map(actOf),
    append: async (teamId, { by, at, ...act }) => {
      const { kind: actorKind, id: actorId, name: actorName } = by
      const row = { ...act, teamId, actorKind, actorId, actorName, at: BigInt(at) }
      const { count } = await prisma.signOff.createMany({ data: [row], skipDuplicates: true })
      return count === 1
    },
  }
}

function actOf({ runId, seq, role, report, data, note, own, at, prev, hash, ...by }: Row): SignOff {
  return {
    runId: runId as RunId,
    seq,
    role: role as SignOffRole,
    report,
    data,
    by: actorOf(by.actorKind, by.actorId, by.actorName),
    note,
    own,
    at: platformOf(at),
    prev,
    hash,
  }
}
