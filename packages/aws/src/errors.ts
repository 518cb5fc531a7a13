import type { Failure, FailureKind } from '@firedrill/core'

/** The call that failed. */
export type CallSite = Readonly<{
  /** `service.Operation`, e.g. `route53.ChangeResourceRecordSets`. */
  operation: string
  /** True when the call changes something, so that an answer that got lost may hide an effect. */
  mutates: boolean
}>

/** Codes by which AWS services say "too often". `PriorRequestNotComplete` is Route 53's: one batch a zone at a time. */
const THROTTLING_CODES: ReadonlySet<string> = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
])

/** Codes by which AWS services say "not you". */
const DENIED_CODES: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthFailure',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'NotAuthorized',
  'OptInRequired',
  'RequestExpired',
  'SignatureDoesNotMatch',
  'UnauthorizedOperation',
  'UnrecognizedClientException',
])

/** Codes by which AWS services say "not in the state it is in". */
const CONFLICT_CODES: ReadonlySet<string> = new Set([
  'ConflictException',
  'IncorrectInstanceState',
  'IncorrectState',
  'InvalidChangeBatch',
  'OperationNotPermitted',
  'ResourceInUseException',
])

/** Socket errors that come before a byte of the request has left, so that nothing can have happened. */
const NEVER_SENT_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
])

/** The HTTP handler's words for a connection that never came about. */
const NO_CONNECTION = 'did not establish a connection'

/**
 * Translates what an SDK client threw into a failure, once. The service's code, the operation and the request id are kept.
 *
 * Of a mutation whose answer is missing, unreadable or 5xx nobody can tell whether it took effect: that is `ambiguous`
 * unless the request provably never left. The same trouble on a read is `transient`.
 */
export function toFailure(error: unknown, site: CallSite): Failure {
  const seen = readError(error)
  return {
    kind: kindOf(seen, site.mutates),
    operation: site.operation,
    code: seen.code,
    message: seen.message,
    ...(seen.requestId === undefined ? {} : { requestId: seen.requestId }),
  }
}

/** True for the service's own word that it was asked too often: then nothing was done. */
export function isThrottled(error: unknown): boolean {
  return kindOf(readError(error), true) === 'throttled'
}

/** True for the service's own word that this caller may not: then nothing was done. */
export function isDenied(error: unknown): boolean {
  return kindOf(readError(error), true) === 'denied'
}

type SeenError = Readonly<{
  code: string
  message: string
  /** Undefined: the service did not answer. */
  status: number | undefined
  requestId: string | undefined
  socketCode: string | undefined
}>

function readError(error: unknown): SeenError {
  if (!(error instanceof Error)) {
    return {
      code: 'Unknown',
      message: String(error),
      status: undefined,
      requestId: undefined,
      socketCode: undefined,
    }
  }
  const metadata = member(error, '$metadata')
  const status = member(metadata, 'httpStatusCode')
  const requestId = member(metadata, 'requestId')
  const socketCode = member(error, 'code')
  const isAnswer = typeof status === 'number'
  return {
    code: isAnswer ? error.name : typeof socketCode === 'string' ? socketCode : error.name,
    message: error.message === '' ? error.name : error.message,
    status: isAnswer ? status : undefined,
    requestId: typeof requestId === 'string' ? requestId : undefined,
    socketCode: typeof socketCode === 'string' ? socketCode : undefined,
  }
}

function kindOf({ code, message, status, socketCode }: SeenError, mutates: boolean): FailureKind {
  const lost: FailureKind = mutates ? 'ambiguous' : 'transient'
  if (status === undefined) {
    if (socketCode !== undefined && NEVER_SENT_CODES.has(socketCode)) return 'transient'
    if (code === 'CredentialsProviderError') return 'denied'
    return message.includes(NO_CONNECTION) ? 'transient' : lost
  }
  if (THROTTLING_CODES.has(code) || status === 429) return 'throttled'
  if (status < 400 || status >= 500) return lost
  if (DENIED_CODES.has(code) || status === 401 || status === 403) return 'denied'
  if (CONFLICT_CODES.has(code) || status === 409) return 'conflict'
  if (status === 404 || code.endsWith('.NotFound') || code.startsWith('NoSuch')) return 'not-found'
  return 'invalid'
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined
}
