import { AwsFault } from '../../wire/aws-fault.ts'
import { issueSession } from '../../wire/credentials.ts'
import { InputReader, type InputFaults } from '../../wire/input-reader.ts'
import type { AwsService, Call } from '../../wire/service.ts'
import { WireTime, type WireInput, type WireStructure } from '../../wire/wire-value.ts'

const FAULTS: InputFaults = {
  missing: (member) =>
    validationError(`Value null at '${camel(member)}' failed to satisfy constraint: Member must not be null`),
  invalid: (member, value) =>
    validationError(`Value '${String(value)}' at '${camel(member)}' failed to satisfy constraint`),
}

const DEFAULT_SESSION_SECONDS = 3_600

/** AWS Security Token Service. Session credentials age in platform time, like the signatures made with them. */
export function createSts(platformNowMs: () => number): AwsService {
  return {
    name: 'sts',
    signingName: 'sts',
    protocols: ['awsQuery'],
    apiVersion: '2011-06-15',
    xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    operations: {
      GetCallerIdentity: { mutates: false, handle: getCallerIdentity },
      AssumeRole: { mutates: false, handle: (call, input) => assumeRole(call, input, platformNowMs()) },
    },
    throttlingFault: { code: 'Throttling', message: 'Rate exceeded', status: 400 },
    buckets: () => [{ bucket: 'all', limit: { burst: 600, refillPerSecond: 600 }, tokens: 1 }],
  }
}

function getCallerIdentity({ caller }: Call): WireStructure {
  return { Arn: caller.arn, UserId: caller.userId, Account: caller.account }
}

function assumeRole({ account, requestId }: Call, input: WireInput, platformNowMs: number): WireStructure {
  const reader = new InputReader(input, FAULTS)
  const roleArn = reader.requiredText('RoleArn')
  const sessionName = reader.requiredText('RoleSessionName')
  const seconds = reader.integer('DurationSeconds', 900, 43_200) ?? DEFAULT_SESSION_SECONDS
  const match = /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]{1,64})$/.exec(roleArn)
  if (match === null) throw new AwsFault({ code: 'ValidationError', message: `${roleArn} is invalid` })
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) throw FAULTS.invalid('RoleSessionName', sessionName)
  if (match[1] !== account) {
    throw new AwsFault({
      code: 'AccessDenied',
      message: `User is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
      status: 403,
    })
  }
  const expiresAtMs = platformNowMs + seconds * 1_000
  const session = issueSession(account, match[2] ?? '', sessionName, expiresAtMs, requestId)
  return {
    AssumedRoleUser: { AssumedRoleId: session.userId, Arn: session.arn },
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: session.sessionToken,
      Expiration: new WireTime(expiresAtMs * 1_000),
    },
  }
}

function validationError(text: string): AwsFault {
  return new AwsFault({ code: 'ValidationError', message: `1 validation error detected: ${text}` })
}

function camel(member: string): string {
  return member.slice(0, 1).toLowerCase() + member.slice(1)
}
