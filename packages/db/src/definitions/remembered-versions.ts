import type { DefinitionKind, DefinitionStore, DefinitionVersion } from '@firedrill/core'

/** Versions kept at most; whoever drives hundreds of different drills at once reads some of them again. */
const KEPT_MAX = 64

/** Remembers versions by hash: a hash has one content for ever, and a run asks for its own at every step. */
export function rememberVersions(store: DefinitionStore): DefinitionStore {
  const kept = new Map<string, DefinitionVersion>()

  async function byHash<K extends DefinitionKind>(
    teamId: string,
    kind: K,
    hash: string,
  ): Promise<DefinitionVersion<K> | undefined> {
    const key = `${teamId} ${kind} ${hash}`
    const known = kept.get(key) as DefinitionVersion<K> | undefined
    const version = known ?? (await store.byHash(teamId, kind, hash))
    if (version === undefined) return undefined
    // The one used last goes last, so that the first is the one to forget.
    kept.delete(key)
    kept.set(key, version)
    const [oldest] = kept.keys()
    if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest)
    return version
  }

  return { ...store, byHash }
}
