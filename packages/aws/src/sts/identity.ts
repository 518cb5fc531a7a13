import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import type { CallerIdentity, Identity, Outcome } from '@firedrill/core'
import type { AwsClients } from '../aws-clients.ts'
import { failed, read, success } from '../call.ts'
import type { AwsTarget } from '../client.ts'

const OPERATION = 'sts.GetCallerIdentity'

/**
 * Asks STS who we are, with the clients that will inject and with those that will put back, in every Region in which they
 * will. If these are not all the same caller the answer is a failure: undo under another identity may not be allowed to undo.
 */
export function createIdentity(clients: AwsClients): Identity {
  const ask = async (target: AwsTarget, signal: AbortSignal): Promise<Outcome<CallerIdentity>> => {
    const aws = clients.get(target)
    if (!aws.ok) return aws
    const answer = await read(OPERATION, signal, (options) =>
      aws.value.sts.send(new GetCallerIdentityCommand({}), options),
    )
    if (!answer.ok) return answer
    const { Account: account, Arn: arn } = answer.value
    if (account === undefined || arn === undefined)
      return failed('unexpected', OPERATION, 'NoIdentity', 'STS answered without account or ARN')
    return success({ account, arn })
  }
  return {
    async whoAmI(environment, signal, regions = []) {
      const places = [...new Set([environment.homeRegion, ...regions])]
      const targets = places.flatMap((region) =>
        (['inject', 'restore'] as const).map((purpose) => ({ environment, region, purpose })),
      )
      const answers = await Promise.all(targets.map((target) => ask(target, signal)))
      const failure = answers.find((answer) => !answer.ok)
      if (failure !== undefined) return failure
      const callers = answers.flatMap((answer) => (answer.ok ? [answer.value] : []))
      const [first] = callers
      if (first === undefined) return failed('unexpected', OPERATION, 'NoIdentity', 'nobody was asked')
      const other = callers.findIndex(({ arn }) => arn !== first.arn)
      if (other === -1) return success(first)
      const where = targets[other]
      return failed(
        'conflict',
        OPERATION,
        'TwoIdentities',
        `faults are put in and taken out by ${first.arn}, but ${where?.purpose ?? ''} in ${where?.region ?? ''} is ${callers[other]?.arn ?? ''}`,
      )
    },
  }
}
