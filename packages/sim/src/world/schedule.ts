import type { Micros } from './model.ts'

/** An entry of the heap: due time, then order of entry. */
export interface Due {
  readonly at: Micros
  readonly seq: number
}

const before = (a: Due, b: Due): boolean => a.at < b.at || (a.at === b.at && a.seq < b.seq)

/** A binary heap of due entries; equal times keep the order in which they were pushed. */
export class DueHeap<T extends Due> {
  readonly #items: T[] = []

  peek(): T | undefined {
    return this.#items[0]
  }

  push(item: T): void {
    const items = this.#items
    items.push(item)
    let index = items.length - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = items[parent]
      if (above === undefined || !before(item, above)) break
      items[index] = above
      index = parent
    }
    items[index] = item
  }

  pop(): T | undefined {
    const items = this.#items
    const top = items[0]
    const last = items.pop()
    if (last === undefined || items.length === 0) return top
    let index = 0
    for (;;) {
      const leftIndex = 2 * index + 1
      const left = items[leftIndex]
      const right = items[leftIndex + 1]
      if (left === undefined) break
      const [childIndex, child] =
        right !== undefined && before(right, left) ? [leftIndex + 1, right] : [leftIndex, left]
      if (!before(child, last)) break
      items[index] = child
      index = childIndex
    }
    items[index] = last
    return top
  }
}
