import { AwsFault } from '../../wire/aws-fault.ts'
import type { InputFaults } from '../../wire/input-reader.ts'

/** How this service words what is wrong with an input. */
export const ELBV2_FAULTS: InputFaults = {
  missing: (member) => new AwsFault({ code: 'ValidationError', message: `'${member}' must be specified` }),
  invalid: (member, value) =>
    new AwsFault({ code: 'ValidationError', message: `'${String(value)}' is not valid for ${member}` }),
}

/** No such target group in the Region of the call. */
export function targetGroupNotFound(): AwsFault {
  return new AwsFault({ code: 'TargetGroupNotFound', message: 'One or more target groups not found' })
}
