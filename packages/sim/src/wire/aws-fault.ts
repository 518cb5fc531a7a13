/** Whose mistake an error is, as the XML protocols spell it. */
export type FaultType = 'Sender' | 'Receiver'

/** The parts of an AWS error answer that differ from one error to the next. */
export type AwsFaultDetails = {
  readonly code: string
  readonly message: string
  readonly status?: number
  /** The code that query-compatible JSON services put into `x-amzn-query-error`, where it differs from `code`. */
  readonly queryCode?: string
}

/**
 * An error that AWS would answer with. Thrown by operations and by the dispatcher, and written in the shape of the
 * protocol of the call. Anything else that is thrown becomes an `InternalFailure` with status 500.
 */
export class AwsFault extends Error {
  readonly code: string
  readonly status: number
  readonly queryCode: string

  constructor(details: AwsFaultDetails) {
    super(details.message)
    this.name = 'AwsFault'
    this.code = details.code
    this.status = details.status ?? 400
    this.queryCode = details.queryCode ?? details.code
  }

  /** `Sender` for what a caller did wrong, `Receiver` for what the service did wrong. */
  get type(): FaultType {
    return this.status < 500 ? 'Sender' : 'Receiver'
  }
}
