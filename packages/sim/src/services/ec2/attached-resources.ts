import { hexAt } from '../../world/random.ts'
import type { Instance } from '../../world/model.ts'
import type { Table } from '../../world/store.ts'
import type { World } from '../../world/world.ts'

/** Something that is there because instances or Regions are, and has no life of its own. */
export type AttachedResource = {
  readonly id: string
  readonly type: 'transit-gateway' | 'volume'
  readonly tags: Readonly<Record<string, string>>
}

/** A disk of an instance: the one it boots from, which goes with it, or the one that its data is on, which does not. */
export type Volume = AttachedResource & { readonly instance: Instance; readonly isRoot: boolean }

/** Two volumes for each instance that is not gone. */
export function volumesOf(world: World, region: string): readonly Volume[] {
  return world.compute
    .inRegion(region)
    .filter(({ state }) => state !== 'terminated')
    .flatMap((instance) =>
      [true, false].map((isRoot) => {
        const id = instance.id.replace(/^i-./, isRoot ? 'vol-0' : 'vol-1')
        return { id, type: 'volume', instance, isRoot, tags: tagsOf(world, id) }
      }),
    )
}

/** One transit gateway in each Region of a world that has others to reach. */
export function transitGatewaysOf(world: World, region: string): readonly AttachedResource[] {
  const regions = [...world.networks.regions.keys()]
  if (!regions.includes(region) || regions.length < 2) return []
  const id = `tgw-0${hexAt(0, `transit-gateway:${region}`, 16)}`
  return [{ id, type: 'transit-gateway', tags: tagsOf(world, id) }]
}

/** Sets or (with null) removes tags. */
export function tagAttached(
  world: World,
  { id }: AttachedResource,
  change: Readonly<Record<string, string | null>>,
): void {
  const merged = Object.entries({ ...tagsOf(world, id), ...change }).filter(
    (pair): pair is [string, string] => pair[1] !== null,
  )
  tagTable(world).put(id, Object.fromEntries(merged))
}

function tagsOf(world: World, id: string): Readonly<Record<string, string>> {
  return tagTable(world).get(id) ?? {}
}

function tagTable(world: World): Table<Readonly<Record<string, string>>> {
  return world.kernel.store.table('attached-tags')
}
