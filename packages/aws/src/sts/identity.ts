import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import type { CallerIdentity, Identity, Outcome } from '@firedrill/core'
import type { AwsClients } from '../aws-clients.ts'
import { failed, read, success } from '../call.ts'
import type { Purpose } from '../client.ts'

const OPERATION = 'sts.GetCallerIdentity'

/**
 * Asks STS who we are, with the clients that will inject and with those that will put back. If the two are not the same
 * caller the answer is a failure: undo under another identity may not be allowed to undo.
 */
export function createIdentity(clients: AwsClients): Identity {
  const ask = async (
    environment: Parameters<Identity['whoAmI']>[0],
    purpose: Purpose,
    signal: AbortSignal,
  ): Promise<Outcome<CallerIdentity>> => {
    const aws = clients.get({ environment, region: environment.homeRegion, purpose })
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
    async whoAmI(environment, signal) {
      const injector = await ask(environment, 'inject', signal)
      if (!injector.ok) return injector
      const restorer = await ask(environment, 'restore', signal)
      if (!restorer.ok) return restorer
      if (injector.value.arn === restorer.value.arn) return injector
      return failed(
        'conflict',
        OPERATION,
        'TwoIdentities',
        `faults would be put in by ${injector.value.arn} and taken out by ${restorer.value.arn}`,
      )
    },
  }
}
