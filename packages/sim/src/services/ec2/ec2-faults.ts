import { AwsFault } from '../../wire/aws-fault.ts'
import type { InputFaults } from '../../wire/input-reader.ts'

/** EC2's answers to parameters that are missing or make no sense. */
export const EC2_INPUT_FAULTS: InputFaults = {
  missing: (member) =>
    new AwsFault({ code: 'MissingParameter', message: `The request must contain the parameter ${member}` }),
  invalid: (member, value) =>
    new AwsFault({
      code: 'InvalidParameterValue',
      message: `Value (${typeof value === 'string' ? value : JSON.stringify(value)}) for parameter ${member} is invalid.`,
    }),
}

/** Some of the ids name nothing; one such id fails the whole call. */
export function instanceNotFound(ids: readonly string[]): AwsFault {
  const message =
    ids.length === 1
      ? `The instance ID '${ids[0]}' does not exist`
      : `The instance IDs '${ids.join(', ')}' do not exist`
  return new AwsFault({ code: 'InvalidInstanceID.NotFound', message })
}

/** The id is not one that EC2 could have made. */
export function malformedInstanceId(id: string): AwsFault {
  return new AwsFault({ code: 'InvalidInstanceID.Malformed', message: `Invalid id: "${id}"` })
}

/** The instance's state forbids the change. */
export function incorrectInstanceState(id: string, participle: string): AwsFault {
  return new AwsFault({
    code: 'IncorrectInstanceState',
    message: `The instance '${id}' is not in a state from which it can be ${participle}.`,
  })
}

/** Termination protection is on. */
export function terminationProtected(id: string): AwsFault {
  return new AwsFault({
    code: 'OperationNotPermitted',
    message: `The instance '${id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
  })
}

/** The caller asked only whether the call would be allowed. */
export function dryRunSucceeded(): AwsFault {
  return new AwsFault({
    code: 'DryRunOperation',
    message: 'Request would have succeeded, but DryRun flag is set.',
    status: 412,
  })
}

/** A filter that this operation does not have. */
export function invalidFilter(name: string): AwsFault {
  return new AwsFault({ code: 'InvalidParameterValue', message: `The filter '${name}' is invalid` })
}

/** The zone has no room for the instance; EC2 answers this with 500, so that SDKs try again. */
export function insufficientCapacity(instanceType: string, az: string): AwsFault {
  return new AwsFault({
    code: 'InsufficientInstanceCapacity',
    message: `We currently do not have sufficient ${instanceType} capacity in the Availability Zone you requested (${az}). Our system will be working on provisioning additional capacity.`,
    status: 500,
  })
}

/** EC2 cannot tell about a zone that is down. */
export function zoneImpaired(): AwsFault {
  return new AwsFault({
    code: 'Unavailable',
    message: 'The service is unavailable. Please try again shortly.',
    status: 503,
  })
}
