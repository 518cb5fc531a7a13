import type { CompiledEnvironment, CompiledRunbook, CompiledScenario, Problem } from '@firedrill/core'
import type { ReadCalendar } from '@firedrill/scenario-file'
import type { createUseCases } from '@firedrill/engine'

/** What compiling a file answers: the value, or all problems with their places. */
export type Compilation<T> = Readonly<
  | { ok: true; compiled: T; warnings: readonly Problem[] }
  | { ok: false; problems: readonly Problem[]; warnings: readonly Problem[] }
>

/** Text of files → compiled definitions. `parents` holds the text of every stored scenario, by name, for `extends`. */
export type Compilers = Readonly<{
  scenario(text: string, parents: ReadonlyMap<string, string>): Compilation<CompiledScenario>
  environment(text: string): Compilation<CompiledEnvironment>
  runbook(text: string): Compilation<CompiledRunbook>
  /** An iCalendar file of freezes. `timeZone` is that of times that name none. */
  calendar(text: string, timeZone: string | undefined): ReadCalendar
}>

/** Everything the routes ask of the engine. Each throws an `AppError` when the answer is no, and has then changed nothing. */
export type RunUseCases = ReturnType<typeof createUseCases>
