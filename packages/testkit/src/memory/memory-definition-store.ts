import type { DefinitionKind, DefinitionStore, DefinitionVersion } from '@firedrill/core'
import type { MemoryData } from './memory-data.ts'

/** In-memory `DefinitionStore`. */
export function memoryDefinitionStore(data: MemoryData): DefinitionStore {
  const of = <K extends DefinitionKind>(teamId: string, kind: K) =>
    data.definitions.filter(
      (version): version is DefinitionVersion<K> => version.teamId === teamId && version.kind === kind,
    )
  return {
    put: async (version) => {
      const newest = of(version.teamId, version.kind).findLast(({ name }) => name === version.name)
      if (newest?.hash === version.hash) return newest
      const added = structuredClone({ ...version, version: (newest?.version ?? 0) + 1, at: data.now() })
      data.definitions.push(added)
      return added
    },
    latest: async (teamId, kind, name) => of(teamId, kind).findLast((version) => version.name === name),
    byHash: async (teamId, kind, hash) => of(teamId, kind).findLast((version) => version.hash === hash),
    list: async (teamId, kind) => {
      const newest = new Map(of(teamId, kind).map((version) => [version.name, version]))
      return [...newest.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
    },
  }
}
