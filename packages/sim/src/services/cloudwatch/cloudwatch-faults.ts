import { AwsFault } from '../../wire/aws-fault.ts'
import type { InputFaults } from '../../wire/input-reader.ts'

/** A member has a value that does not fit. */
export function invalidValue(message: string): AwsFault {
  return new AwsFault({ code: 'InvalidParameterValueException', queryCode: 'InvalidParameterValue', message })
}

/** Members that do not fit each other. */
export function invalidCombination(message: string): AwsFault {
  return new AwsFault({
    code: 'InvalidParameterCombinationException',
    queryCode: 'InvalidParameterCombination',
    message,
  })
}

/** Something in the call as a whole is not valid. */
export function validationError(message: string): AwsFault {
  return new AwsFault({ code: 'ValidationException', queryCode: 'ValidationError', message })
}

/** An alarm that is not there. */
export function alarmNotFound(): AwsFault {
  return new AwsFault({ code: 'ResourceNotFound', message: 'Alarm does not exist', status: 404 })
}

/** A token that no call here has handed out. */
export function invalidNextToken(): AwsFault {
  return new AwsFault({ code: 'InvalidNextToken', message: 'The token is not valid.' })
}

/** CloudWatch's answers to members that are missing or make no sense. */
export const CLOUDWATCH_INPUT_FAULTS: InputFaults = {
  missing: (member) =>
    new AwsFault({
      code: 'MissingRequiredParameterException',
      queryCode: 'MissingParameter',
      message: `The parameter ${member} is required.`,
    }),
  invalid: (member, value) =>
    invalidValue(`The value ${JSON.stringify(value)} for parameter ${member} is invalid.`),
}
