import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { KitStore } from '@firedrill/core'
import {
  ensurePrivateDirectory,
  readIfThere,
  removeDurably,
  TEMPORARY_PREFIX,
  writeDurably,
} from './durable-file.ts'

const SUFFIX = '.kit.json'

/**
 * Undo plans as files of their own, one a kit, in a directory that only this user can enter. A kit is on disk, synced,
 * before `save` answers; half-written files of a killed process are never listed. Reading fails loudly: a kit that cannot
 * be read must not look like one that is not there.
 */
export async function openKitStore(dir: string): Promise<KitStore> {
  await ensurePrivateDirectory(dir)
  const fileOf = (kit: string) => join(dir, `${encodeName(kit)}${SUFFIX}`)
  for (const name of await readdir(dir)) {
    if (name.startsWith(TEMPORARY_PREFIX)) await removeDurably(join(dir, name))
  }
  return {
    save: async (kit, content) => writeDurably(fileOf(kit), content),
    list: async () => {
      const names = (await readdir(dir))
        .filter((name) => name.endsWith(SUFFIX) && !name.startsWith('.'))
        .sort()
      const kits: { kit: string; content: string }[] = []
      for (const name of names) {
        // Gone since the directory was read: removed, which is the one way a kit may be absent.
        const content = await readIfThere(join(dir, name))
        if (content !== undefined)
          kits.push({ kit: decodeURIComponent(name.slice(0, -SUFFIX.length)), content })
      }
      return kits
    },
    remove: async (kit) => removeDurably(fileOf(kit)),
  }
}

/** File name of a kit: reversible, without path separators, never hidden, short enough for every file system. */
function encodeName(kit: string): string {
  const encoded = encodeURIComponent(kit).replaceAll('*', '%2A').replace(/^\./, '%2E')
  if (encoded === '' || encoded.length > 200)
    throw new RangeError(`a kit name has 1 to 200 characters: ${kit.slice(0, 50)}`)
  return encoded
}
