import { AwsFault } from '../../wire/aws-fault.ts'
import type { InputFaults } from '../../wire/input-reader.ts'

/** The request is not one that FIS can make sense of. */
export function validation(message: string): AwsFault {
  return new AwsFault({ code: 'ValidationException', message, status: 400 })
}

/** What the call names does not exist in this Region. */
export function notFound(message: string): AwsFault {
  return new AwsFault({ code: 'ResourceNotFoundException', message, status: 404 })
}

/** The call contradicts an earlier one or the present state. */
export function conflict(message: string): AwsFault {
  return new AwsFault({ code: 'ConflictException', message, status: 409 })
}

/** A quota of the account in this Region is used up; FIS answers with 402. */
export function quotaExceeded(message: string): AwsFault {
  return new AwsFault({ code: 'ServiceQuotaExceededException', message, status: 402 })
}

/** FIS's answers to members that are missing or make no sense. */
export const FIS_INPUT_FAULTS: InputFaults = {
  missing: (member) =>
    validation(
      `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
    ),
  invalid: (member, value) =>
    validation(
      `1 validation error detected: Value '${typeof value === 'string' ? value : JSON.stringify(value)}' at '${member}' failed to satisfy constraint`,
    ),
}
