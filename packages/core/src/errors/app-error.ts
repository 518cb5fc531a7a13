import { ERRORS, type ErrorCode } from './catalogue.ts'

/** One place in a file or request that is wrong, and what to do about it. Lines and columns count from 1. */
export type Problem = Readonly<{
  path: string
  message: string
  line?: number
  column?: number
  suggestion?: string
}>

/**
 * The one exception of the platform. `message` is fit for the caller, `internal` is for the log only.
 * Identify it by `code`, never by class.
 */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly internal: string | undefined
  readonly problems: readonly Problem[]

  constructor(
    code: ErrorCode,
    message: string,
    options?: { internal?: string; problems?: readonly Problem[]; cause?: unknown },
  ) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.internal = options?.internal
    this.problems = options?.problems ?? []
  }

  /** HTTP status of this error. */
  get status(): number {
    return ERRORS[this.code].status
  }
}

/** True for an error of the table, however many copies of this module are loaded. */
export function isAppError(error: unknown): error is AppError {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code in ERRORS &&
    'problems' in error
  )
}
