import type { Instance } from './model.ts'
import type { Table } from './store.ts'

/**
 * Instances of a Region in order of id, all of them or those with a tag. What was looked up is kept until an instance
 * changes, so that a question about ten instances does not look at the other thousand each time.
 */
export class InstanceIndex {
  readonly #instances: Table<Instance>
  readonly #byRegion = new Map<string, readonly Instance[]>()
  readonly #byTag = new Map<string, ReadonlyMap<string, readonly Instance[]>>()
  #revision = -1

  constructor(instances: Table<Instance>) {
    this.#instances = instances
  }

  /** Instances of a Region, in order of id. */
  inRegion(region: string): readonly Instance[] {
    this.#follow()
    const known = this.#byRegion.get(region)
    if (known !== undefined) return known
    const found = [...this.#instances.values()].filter((instance) => instance.region === region).sort(byId)
    this.#byRegion.set(region, found)
    return found
  }

  /** Instances of a Region whose tag has one of the values exactly, in order of id. */
  withTag(region: string, key: string, values: readonly string[]): readonly Instance[] {
    const tagged = this.#tagged(region, key)
    const [first, ...others] = new Set(values)
    if (first === undefined) return []
    if (others.length === 0) return tagged.get(first) ?? []
    return [first, ...others].flatMap((value) => tagged.get(value) ?? []).sort(byId)
  }

  #tagged(region: string, key: string): ReadonlyMap<string, readonly Instance[]> {
    const instances = this.inRegion(region)
    const name = `${region}|${key}`
    const known = this.#byTag.get(name)
    if (known !== undefined) return known
    const found = new Map<string, Instance[]>()
    for (const instance of instances) {
      const value = instance.tags[key]
      if (value === undefined) continue
      const others = found.get(value)
      if (others === undefined) found.set(value, [instance])
      else others.push(instance)
    }
    this.#byTag.set(name, found)
    return found
  }

  #follow(): void {
    if (this.#revision === this.#instances.revision) return
    this.#revision = this.#instances.revision
    this.#byRegion.clear()
    this.#byTag.clear()
  }
}

const byId = (a: Instance, b: Instance): number => (a.id < b.id ? -1 : 1)
