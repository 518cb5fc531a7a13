import { AwsFault } from '../../wire/aws-fault.ts'

/** The request is not one that Scheduler can make sense of. */
export function validation(message: string): AwsFault {
  return new AwsFault({ code: 'ValidationException', message, status: 400 })
}

/** What the call names does not exist in this Region. */
export function notFound(message: string): AwsFault {
  return new AwsFault({ code: 'ResourceNotFoundException', message, status: 404 })
}

/** The call contradicts what is there. */
export function conflict(message: string): AwsFault {
  return new AwsFault({ code: 'ConflictException', message, status: 409 })
}

/** A quota of the account in this Region is used up; Scheduler answers with 402. */
export function quotaExceeded(message: string): AwsFault {
  return new AwsFault({ code: 'ServiceQuotaExceededException', message, status: 402 })
}
