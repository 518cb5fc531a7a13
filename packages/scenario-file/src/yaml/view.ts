import { parseDuration } from '@firedrill/core'
import type { Problems } from '../problem/problems.ts'
import { nodeAt, positionOf, type Located, type Path, type Position } from './located.ts'

/**
 * A forgiving look at a tree: what is absent or of the wrong type reads as undefined, so that the cross-checks can run
 * beside the schema and all problems are told at once.
 */
export class View {
  readonly path: Path
  readonly #root: Located
  readonly #problems: Problems

  constructor(root: Located, problems: Problems, path: Path = []) {
    this.#root = root
    this.#problems = problems
    this.path = path
  }

  /** The view at a path below this one. */
  at(...path: Path): View {
    return new View(this.#root, this.#problems, [...this.path, ...path])
  }

  /** One view an item when this is a list, else none. */
  items(): readonly View[] {
    const node = this.#node()
    return node?.kind === 'list' ? node.items.map((_, i) => this.at(i)) : []
  }

  /** True when something stands here. */
  exists(): boolean {
    const node = this.#node()
    return node !== undefined && !(node.kind === 'scalar' && node.value === null)
  }

  /** Keys when this is a map, else none. */
  keys(): readonly string[] {
    const node = this.#node()
    return node?.kind === 'map' ? [...node.entries.keys()] : []
  }

  text(): string | undefined {
    const value = this.#scalar()
    return typeof value === 'string' ? value : undefined
  }

  number(): number | undefined {
    const value = this.#scalar()
    return typeof value === 'number' ? value : undefined
  }

  /** Milliseconds of a duration. */
  ms(): number | undefined {
    const text = this.text()
    if (text === undefined) return undefined
    const parsed = parseDuration(text)
    return parsed.ok ? parsed.ms : undefined
  }

  /** Where this, or the nearest thing around it, stands. */
  position(): Position {
    return positionOf(this.#root, this.path)
  }

  /** True when a problem has been reported here already. */
  isTold(): boolean {
    return this.#problems.hasAt(this.position())
  }

  /** Reports a problem here. */
  problem(message: string, suggestion?: string): void {
    this.#problems.add(this.path, this.position(), message, suggestion)
  }

  #node(): Located | undefined {
    return nodeAt(this.#root, this.path)
  }

  #scalar(): string | number | boolean | null | undefined {
    const node = this.#node()
    return node?.kind === 'scalar' ? node.value : undefined
  }
}
