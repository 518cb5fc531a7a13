import type { DefinitionKind, Definitions, DefinitionStore, DefinitionVersion, Origin } from '@firedrill/core'
import { platformOf } from '../connection/micros.ts'
import type { DefinitionVersion as Row, PrismaClient } from '../generated/client.ts'
import { actorOf } from '../journal/event-row.ts'

/** `DefinitionStore` on PostgreSQL. Versions are written once. */
export function definitionStore(prisma: PrismaClient): DefinitionStore {
  return {
    put: (version) => put(prisma, version),
    latest: async (teamId, kind, name) => {
      const row = await prisma.definitionVersion.findFirst({
        where: { teamId, kind, name },
        orderBy: { version: 'desc' },
      })
      return row === null ? undefined : versionOf(row, kind)
    },
    byHash: async (teamId, kind, hash) => {
      const row = await prisma.definitionVersion.findFirst({
        where: { teamId, kind, hash },
        orderBy: { at: 'desc' },
      })
      return row === null ? undefined : versionOf(row, kind)
    },
    list: async (teamId, kind) => {
      const rows = await prisma.definitionVersion.findMany({
        where: { teamId, kind },
        distinct: ['name'],
        orderBy: [{ name: 'asc' }, { version: 'desc' }],
      })
      return rows.map((row) => versionOf(row, kind)).sort((a, b) => (a.name < b.name ? -1 : 1))
    },
  }
}

function put<K extends DefinitionKind>(
  prisma: PrismaClient,
  version: Omit<DefinitionVersion<K>, 'version' | 'at'>,
): Promise<DefinitionVersion<K>> {
  const { teamId, kind, name, hash, source, origin, actor } = version
  return prisma.$transaction(async (transaction) => {
    // Writers of one name wait for each other, so that versions count up without gaps.
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`definition/${teamId}/${kind}/${name}`}, 0))`
    const newest = await transaction.definitionVersion.findFirst({
      where: { teamId, kind, name },
      orderBy: { version: 'desc' },
    })
    if (newest?.hash === hash) return versionOf(newest, kind)
    const added = await transaction.definitionVersion.create({
      data: {
        teamId,
        kind,
        name,
        version: (newest?.version ?? 0) + 1,
        hash,
        source,
        compiled: version.compiled,
        origin,
        actorKind: actor.kind,
        actorId: actor.id,
        actorName: actor.name,
      },
    })
    return versionOf(added, kind)
  })
}

function versionOf<K extends DefinitionKind>(row: Row, kind: K): DefinitionVersion<K> {
  return {
    kind,
    teamId: row.teamId,
    name: row.name,
    hash: row.hash,
    version: row.version,
    source: row.source,
    compiled: row.compiled as unknown as Definitions[K],
    origin: row.origin as Origin,
    actor: actorOf(row.actorKind, row.actorId, row.actorName),
    at: platformOf(row.at),
  }
}
