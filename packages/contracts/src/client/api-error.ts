import type { ProblemAnswer } from '../http/problem.ts'

/** `problem`: the API said no. `unreachable`: there was no answer. `unreadable`: the answer did not come from this API. */
export type ApiErrorKind = 'problem' | 'unreachable' | 'unreadable'

/** The one error of the client. With kind `problem`, `problem.code` says what happened. */
export class ApiError extends Error {
  readonly kind: ApiErrorKind
  readonly problem: ProblemAnswer | undefined

  constructor(kind: ApiErrorKind, message: string, options?: { problem?: ProblemAnswer; cause?: unknown }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ApiError'
    this.kind = kind
    this.problem = options?.problem
  }
}
