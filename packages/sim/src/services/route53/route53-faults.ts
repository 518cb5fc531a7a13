import { AwsFault } from '../../wire/aws-fault.ts'
import type { InputFaults } from '../../wire/input-reader.ts'

/** Members that are missing or make no sense. */
export function invalidInput(message: string): AwsFault {
  return new AwsFault({ code: 'InvalidInput', message })
}

/** Everything that is wrong with a batch, in one bracketed list as Route 53 writes it; nothing of it was applied. */
export function invalidChangeBatch(messages: readonly string[]): AwsFault {
  return new AwsFault({ code: 'InvalidChangeBatch', message: `[${messages.join(', ')}]` })
}

/** No such zone. */
export function noSuchHostedZone(id: string): AwsFault {
  return new AwsFault({
    code: 'NoSuchHostedZone',
    message: `No hosted zone found with ID: ${id}`,
    status: 404,
  })
}

/** No such health check. */
export function noSuchHealthCheck(id: string): AwsFault {
  return new AwsFault({
    code: 'NoSuchHealthCheck',
    message: `No health check exists with the specified ID: ${id}`,
    status: 404,
  })
}

/** No such change. */
export function noSuchChange(id: string): AwsFault {
  return new AwsFault({
    code: 'NoSuchChange',
    message: `Could not find resource with ID: ${id}`,
    status: 404,
  })
}

/** The zone is still busy with the batch before. */
export function priorRequestNotComplete(): AwsFault {
  return new AwsFault({
    code: 'PriorRequestNotComplete',
    message: 'The request was rejected because Route 53 was still processing a prior request.',
  })
}

/** Route 53's answers to members that are missing or make no sense. */
export const ROUTE53_INPUT_FAULTS: InputFaults = {
  missing: (member) =>
    invalidInput(
      `1 validation error detected: Value null at '${camel(member)}' failed to satisfy constraint: Member must not be null`,
    ),
  invalid: (member, value) =>
    invalidInput(
      `1 validation error detected: Value '${String(value)}' at '${camel(member)}' failed to satisfy constraint`,
    ),
}

function camel(member: string): string {
  return member.slice(0, 1).toLowerCase() + member.slice(1)
}
