/** Why a local service could not be used. Each code has one cause, and the message says what to do about it. */
export const LOCAL_ERROR_CODES = [
  'unsupported-platform',
  'binaries-missing',
  'binaries-broken',
  'disk-full',
  'permission-denied',
  'in-use',
  'port-taken',
  'version-mismatch',
  'unreachable',
  'start-failed',
] as const

/** One of {@link LOCAL_ERROR_CODES}. */
export type LocalErrorCode = (typeof LOCAL_ERROR_CODES)[number]

/**
 * A local service that did not come up. `message` is one or two sentences for the person at the terminal and
 * ends with what to do; `detail` is what the service itself said, for a log.
 */
export class LocalError extends Error {
  override readonly name = 'LocalError'
  readonly code: LocalErrorCode
  readonly detail: string

  constructor(code: LocalErrorCode, message: string, detail = '') {
    super(message)
    this.code = code
    this.detail = detail
  }
}
