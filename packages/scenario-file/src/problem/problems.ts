import type { Problem } from '@firedrill/core'
import type { Position } from '../yaml/located.ts'
import { formatPath, type Path } from '../yaml/located.ts'

/** A problem that always knows where it is. Lines and columns count from 1. */
export type PlacedProblem = Problem & Readonly<{ line: number; column: number }>

/** More problems than this help nobody; the rest is counted in one closing line. */
export const PROBLEMS_MAX = 100

/** Collects problems of one file, in reading order, without saying the same thing twice. */
export class Problems {
  readonly #found = new Map<string, PlacedProblem>()
  readonly #places = new Set<string>()

  /** Adds one problem. `path` is where it is in the file's value, `at` where it is in the text. */
  add(path: Path, at: Position, message: string, suggestion?: string): void {
    const problem: PlacedProblem = {
      path: formatPath(path),
      message,
      line: at.line,
      column: at.column,
      ...(suggestion === undefined ? {} : { suggestion }),
    }
    this.#places.add(`${at.line}:${at.column}`)
    const key = `${problem.line}:${problem.column}:${problem.path}:${message}`
    if (!this.#found.has(key)) this.#found.set(key, problem)
  }

  /** True when something is already known to be wrong at this place. */
  hasAt(at: Position): boolean {
    return this.#places.has(`${at.line}:${at.column}`)
  }

  /** How many were found so far. */
  get size(): number {
    return this.#found.size
  }

  /** All problems by line and column; beyond `PROBLEMS_MAX` one line says how many more there are. */
  list(): readonly PlacedProblem[] {
    const all = [...this.#found.values()].sort(
      (a, b) => a.line - b.line || a.column - b.column || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0),
    )
    const last = all[PROBLEMS_MAX - 1]
    if (all.length <= PROBLEMS_MAX || last === undefined) return all
    const more: PlacedProblem = {
      path: '$',
      message: `and ${all.length - PROBLEMS_MAX} more problems after this line`,
      line: last.line,
      column: last.column,
    }
    return [...all.slice(0, PROBLEMS_MAX), more]
  }
}

/** One line of text a problem, as compilers print it: `file:line:column: message (path). Suggestion.` */
export function formatProblems(problems: readonly Problem[], file: string): string {
  return problems
    .map(({ line, column, message, path, suggestion }) => {
      const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`
      const where = path === '$' ? '' : ` (${path})`
      return `${place}: ${message}${where}${suggestion === undefined ? '' : `\n    ${suggestion}`}`
    })
    .join('\n')
}
