import { allow, refuse, type Guardrail } from '../guardrail.ts'

/** Who the cloud says we are is the account and role that the environment names. */
export const callerIdentity: Guardrail = {
  code: 'caller-identity',
  ask({ identity, environment: { account, aws } }) {
    if (!identity.ok) {
      const { code, message } = identity.failure
      return refuse(`the cloud did not say who we are: ${code} ${message}`)
    }
    const { arn } = identity.value
    if (identity.value.account !== account)
      return refuse(
        `the credentials belong to account ${identity.value.account}, the environment names ${account}`,
      )
    for (const role of [aws.roleArn, aws.fisRoleArn, aws.schedulerRoleArn]) {
      if (role !== undefined && accountOf(role) !== account)
        return refuse(`role ${role} belongs to another account than ${account}`)
    }
    if (aws.roleArn !== undefined && roleBehind(arn) !== aws.roleArn.split('/').at(-1))
      return refuse(`the credentials are ${arn}, the environment names role ${aws.roleArn}`)
    return allow(`${arn} in account ${account}, for putting in and for taking out`)
  },
}

function accountOf(arn: string): string | undefined {
  return arn.split(':')[4]
}

/** The name of an assumed role: STS answers with it, without the path that IAM's own ARN has. */
function roleBehind(arn: string): string | undefined {
  return /:assumed-role\/([^/]+)\//.exec(arn)?.[1] ?? /:role\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1]
}
