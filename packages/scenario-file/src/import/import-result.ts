import type { PlacedProblem } from '../problem/problems.ts'
import type { View } from '../yaml/view.ts'

/** What an experiment of another tool does not say and a scenario needs. */
export type ImportOptions = Readonly<{
  name: string
  /** What users ask, over HTTP. Absent: the experiment has to say it. */
  address?: string
  /** Longest outage that users may see, as people write it. Absent: what the faults leave time for, 5 minutes at most. */
  objective?: string
  /** More targets than this refuse the run, where the experiment names no number. */
  max: number
  /** Actions that are left out, by name. */
  without: readonly string[]
}>

/** Something of the experiment that is not in the scenario, with the line on which it stands. */
export type NotCarried = Readonly<{ line: number; what: string }>

/** The scenario and what is not in it; or what stands in the way, with line and column in the experiment. */
export type Imported = Readonly<
  | { ok: true; text: string; notCarried: readonly NotCarried[] }
  | { ok: false; problems: readonly PlacedProblem[] }
>

/** One step as it is written into the scenario. `durationMs` undefined: it is over at once, or lasts until the run undoes it. */
export type ImportedStep = Readonly<{
  name: string
  after: readonly string[]
}> &
  Readonly<
    | { kind: 'wait'; waitMs: number }
    | {
        kind: 'inject'
        fault: string
        targets: ImportedTargets
        durationMs: number | undefined
        parameters: Readonly<Record<string, string | number>>
      }
  >

/** A selector. */
export type ImportedTargets = Readonly<{
  tags: Readonly<Record<string, string>>
  group?: string
  zones: readonly string[]
  choose: Readonly<{ count: number } | { percent: number }> | 'all'
  max: number
}>

/** Collects what could not be carried over. */
export class Notes {
  readonly #all: NotCarried[] = []

  /** Says that what stands here is not in the scenario, and why or what is there instead. */
  add(view: View, what: string): void {
    this.#all.push({ line: view.position().line, what })
  }

  list(): readonly NotCarried[] {
    return this.#all.toSorted((a, b) => a.line - b.line)
  }
}

/** A name as files allow it: lower-case letters, digits and hyphens, beginning with a letter. */
export function slug(text: string, beginning = 'step'): string {
  const plain = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 50)
  return /^[a-z]/.test(plain) ? plain : `${beginning}-${plain}`.replace(/-$/, '')
}

/** Names for all, none twice. */
export function slugs(texts: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>()
  return new Map(
    texts.map((text) => {
      const base = slug(text)
      let name = base
      for (let number = 2; taken.has(name); number++) name = `${base}-${number}`
      taken.add(name)
      return [text, name]
    }),
  )
}
