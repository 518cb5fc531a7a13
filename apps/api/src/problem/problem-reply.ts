import { AppError, ERRORS, isAppError, type ErrorCode, type Problem } from '@firedrill/core'
import { PROBLEM_MEDIA_TYPE, type ProblemAnswer } from '@firedrill/contracts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { isOwnHost } from '../security/own-page.ts'

/** Where the page of an error code is served. */
export const ERROR_PAGES = '/errors/'

/** Any thrown value as an error of the table. What is not one of ours becomes `unexpected`, and only the log learns more. */
export function toAppError(error: unknown): AppError {
  if (isAppError(error)) return error
  if (hasZodFastifySchemaValidationErrors(error)) {
    const problems = error.validation.map(({ instancePath, message }) => ({
      path: `${error.validationContext ?? 'request'}${instancePath === '/' ? '' : instancePath}`,
      message: message ?? 'is not valid',
    }))
    return new AppError('request-invalid', describe(problems), { problems })
  }
  if (isClientFault(error)) return new AppError('request-invalid', error.message, { cause: error })
  return new AppError('unexpected', 'Something unexpected happened. The log of the API says what.', {
    cause: error,
  })
}

function describe(problems: readonly Problem[]): string {
  const [first] = problems
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  return first === undefined ? 'The request is not valid.' : `${first.path}: ${first.message}${more}`
}

/** Errors that Fastify itself raises about the request: bad JSON, a body that is too large, an unknown media type. */
function isClientFault(error: unknown): error is Error {
  return (
    error instanceof Error &&
    'statusCode' in error &&
    typeof error.statusCode === 'number' &&
    error.statusCode >= 400 &&
    error.statusCode < 500 &&
    'code' in error &&
    String(error.code).startsWith('FST_ERR_')
  )
}

/** The body of an error answer. */
export function problemBody(error: AppError, host: string | undefined): ProblemAnswer {
  const base = isOwnHost(host) ? `http://${host}` : ''
  return {
    type: `${base}${ERROR_PAGES}${error.code}`,
    title: ERRORS[error.code].title,
    status: error.status,
    detail: error.message,
    code: error.code,
    problems: error.problems.map((problem) => ({ ...problem })),
  }
}

/** Codes after which asking again shortly makes sense, with the seconds to wait. */
const RETRY_AFTER: Partial<Record<ErrorCode, number>> = { 'queue-away': 2, 'request-running': 1 }

/** Answers any error as problem+json. Failures of the platform are logged with their cause, those of callers at debug. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = toAppError(error)
  const entry = {
    err: known,
    code: known.code,
    internal: known.internal,
    method: request.method,
    route: request.routeOptions.url,
  }
  if (known.status >= 500) request.log.error(entry, 'answered with a failure')
  else request.log.debug(entry, 'answered with a refusal')
  const wait = RETRY_AFTER[known.code]
  if (wait !== undefined) void reply.header('retry-after', wait)
  if (known.code === 'not-signed-in') void reply.header('www-authenticate', 'Bearer realm="firedrill"')
  return reply
    .code(known.status)
    .header('content-type', PROBLEM_MEDIA_TYPE)
    .serializer((body: unknown) => JSON.stringify(body))
    .send(problemBody(known, request.headers.host))
}
