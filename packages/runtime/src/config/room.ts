import { AppError, type Problem } from '@firedrill/core'
import type { z } from 'zod'

/** One environment variable: how its text is read, and what to do when it is missing or wrong. */
export type Variable = Readonly<{ schema: z.ZodType; remedy: string }>

type Values<V extends Readonly<Record<string, Variable>>> = {
  readonly [K in keyof V]: z.output<V[K]['schema']>
}

/** A problem that only shows when several variables are looked at together. */
export type Refuse = (variable: string, message: string, remedy: string) => never

/** The settings of one room (`db`, `queue`, …): its variables and the value they make. */
export type Room<T> = Readonly<{
  variables: readonly string[]
  read(env: NodeJS.ProcessEnv): Readonly<{ ok: true; value: T } | { ok: false; problems: readonly Problem[] }>
}>

class RoomRefusal extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.message)
    this.problem = problem
  }
}

const refuse: Refuse = (path, message, suggestion) => {
  throw new RoomRefusal({ path, message, suggestion })
}

/**
 * Declares a room. `compile` gets every variable parsed and may refuse contradictions through its second argument.
 * A variable set to the empty string counts as not set, because compose files and shells write it so.
 */
export function defineRoom<const V extends Readonly<Record<string, Variable>>, T>(
  variables: V,
  compile: (values: Values<V>, refuse: Refuse) => T,
): Room<T> {
  return {
    variables: Object.keys(variables),
    read: (env) => {
      const problems: Problem[] = []
      const values: Record<string, unknown> = {}
      for (const [name, { schema, remedy }] of Object.entries(variables)) {
        const parsed = schema.safeParse(env[name] === '' ? undefined : env[name])
        if (parsed.success) values[name] = parsed.data
        else {
          const why = parsed.error.issues.map((issue) => issue.message).join('; ')
          problems.push({ path: name, message: env[name] ? why : `${name} is not set`, suggestion: remedy })
        }
      }
      if (problems.length > 0) return { ok: false, problems }
      try {
        return { ok: true, value: compile(values as Values<V>, refuse) }
      } catch (error) {
        if (error instanceof RoomRefusal) return { ok: false, problems: [error.problem] }
        throw error
      }
    },
  }
}

type RoomValues<R extends Readonly<Record<string, Room<unknown>>>> = {
  readonly [K in keyof R]: R[K] extends Room<infer T> ? T : never
}

/**
 * Reads the rooms an app uses from the environment, once, into one frozen object. All problems of all rooms are
 * reported together, each naming its variable and the remedy. Values are never echoed: they may be secrets.
 * @throws AppError `config-invalid`.
 */
export function loadConfig<const R extends Readonly<Record<string, Room<unknown>>>>(
  rooms: R,
  env: NodeJS.ProcessEnv,
): RoomValues<R> {
  const problems: Problem[] = []
  const config: Record<string, unknown> = {}
  for (const [name, room] of Object.entries(rooms)) {
    const answer = room.read(env)
    if (answer.ok) config[name] = deepFreeze(answer.value)
    else problems.push(...answer.problems)
  }
  if (problems.length > 0) {
    const lines = problems.map(({ path, message, suggestion }) => `${path}: ${message}. ${suggestion ?? ''}`)
    throw new AppError('config-invalid', `The configuration has problems.\n  ${lines.join('\n  ')}`, {
      problems,
    })
  }
  return Object.freeze(config) as RoomValues<R>
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const member of Object.values(value)) deepFreeze(member)
  }
  return value
}
