import type { FindingState, RunFinding, RunFindingStore, RunId, Severity } from '@firedrill/core'
import { platformOf } from '../connection/micros.ts'
import type { PrismaClient, RunFinding as Row } from '../generated/client.ts'
import { actorOf } from '../journal/event-row.ts'

/** `RunFindingStore` on PostgreSQL: a row a version, of which the newest stands. */
export function runFindingStore(prisma: PrismaClient): RunFindingStore {
  return {
    ofRun: async (runId) => {
      const rows = await prisma.runFinding.findMany({
        where: { runId },
        orderBy: [{ number: 'asc' }, { version: 'asc' }],
      })
      const found = new Map<number, RunFinding>()
      for (const row of rows) found.set(row.number, findingOf(row, found.get(row.number)))
      return [...found.values()]
    },
    write: async (teamId, finding, terms, by) => {
      const { kind: actorKind, id: actorId, name: actorName } = by
      const row = { ...finding, ...terms, teamId, actorKind, actorId, actorName }
      const { count } = await prisma.runFinding.createMany({ data: [row], skipDuplicates: true })
      return count === 1
    },
  }
}

function findingOf(row: Row, before: RunFinding | undefined): RunFinding {
  const by = actorOf(row.actorKind, row.actorId, row.actorName)
  const at = platformOf(row.at)
  const { number, version, gap, owner, due, ticket, retest } = row
  return {
    runId: row.runId as RunId,
    number,
    version,
    gap,
    severity: row.severity as Severity,
    owner,
    due,
    state: row.state as FindingState,
    ticket,
    retest,
    openedAt: before?.openedAt ?? at,
    openedBy: before?.openedBy ?? by,
    changedAt: at,
    changedBy: by,
  }
}
