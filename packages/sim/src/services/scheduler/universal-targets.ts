import type { ServiceName } from '../../wire/service.ts'
import type { WireInput } from '../../wire/wire-value.ts'
import { validation } from './scheduler-faults.ts'

/**
 * Members of an input as Scheduler wants them, with their names on the service's own wire. Scheduler spells them as AWS's
 * SDK for Java does, with a capital: `DbInstanceIdentifier`, `DnsName`, `Ttl`, where the API itself has `DNSName` and `TTL`.
 */
type Shape = { readonly [member: string]: string | readonly [wireName: string, of: Shape] }

/** An operation of this world that a schedule may call. */
export type UniversalTarget = {
  readonly service: ServiceName
  readonly operation: string
  readonly shape: Shape
}

const RECORD_SET: Shape = {
  Name: 'Name',
  Type: 'Type',
  SetIdentifier: 'SetIdentifier',
  Weight: 'Weight',
  Region: 'Region',
  GeoLocation: [
    'GeoLocation',
    { ContinentCode: 'ContinentCode', CountryCode: 'CountryCode', SubdivisionCode: 'SubdivisionCode' },
  ],
  Failover: 'Failover',
  MultiValueAnswer: 'MultiValueAnswer',
  Ttl: 'TTL',
  ResourceRecords: ['ResourceRecords', { Value: 'Value' }],
  AliasTarget: [
    'AliasTarget',
    { HostedZoneId: 'HostedZoneId', DnsName: 'DNSName', EvaluateTargetHealth: 'EvaluateTargetHealth' },
  ],
  HealthCheckId: 'HealthCheckId',
}

const INSTANCES: Shape = { InstanceIds: 'InstanceId', DryRun: 'DryRun' }

const TARGETS: Readonly<Record<string, UniversalTarget>> = {
  'route53:changeResourceRecordSets': {
    service: 'route53',
    operation: 'ChangeResourceRecordSets',
    shape: {
      HostedZoneId: 'HostedZoneId',
      ChangeBatch: [
        'ChangeBatch',
        {
          Comment: 'Comment',
          Changes: ['Changes', { Action: 'Action', ResourceRecordSet: ['ResourceRecordSet', RECORD_SET] }],
        },
      ],
    },
  },
  'ec2:startInstances': { service: 'ec2', operation: 'StartInstances', shape: INSTANCES },
  'ec2:stopInstances': {
    service: 'ec2',
    operation: 'StopInstances',
    shape: { ...INSTANCES, Force: 'Force' },
  },
  'ec2:rebootInstances': { service: 'ec2', operation: 'RebootInstances', shape: INSTANCES },
  'ec2:terminateInstances': { service: 'ec2', operation: 'TerminateInstances', shape: INSTANCES },
  'fis:stopExperiment': { service: 'fis', operation: 'StopExperiment', shape: { Id: 'id' } },
}

/** Operations that only read cannot be scheduled. */
const READING =
  /^(get|describe|list|poll|receive|search|scan|query|select|read|lookup|discover|validate|batchGet|batchDescribe|batchRead|transactGet|retrieve)/

/**
 * The operation behind a universal target's ARN.
 * @throws AwsFault `ValidationException` for an ARN that is none, for reading operations, and for those that this world lacks.
 */
export function universalTarget(arn: string): UniversalTarget {
  const [, name = '', action = ''] =
    /^arn:aws:scheduler:::aws-sdk:([a-z0-9]+:([A-Za-z0-9]+))$/.exec(arn) ?? []
  if (name === '' || READING.test(action))
    throw validation(`Invalid Request Uri: ${arn} is not a valid target.`)
  const target = TARGETS[name]
  if (target === undefined) throw validation(`Invalid Request Uri: ${arn} is not available in this world.`)
  return target
}

/**
 * Reads the JSON of a schedule as the input of its operation, in the words of the operation's wire.
 * @throws AwsFault `ValidationException` for text that is no JSON object and for members that the operation does not have.
 */
export function readTargetInput({ shape }: UniversalTarget, text: string): WireInput {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw validation('Invalid RequestJson provided. Reason Not well-formed JSON.')
  }
  const input = translated(value, shape)
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw validation('Invalid RequestJson provided. Reason Not an object.')
  return input as WireInput
}

function translated(value: unknown, shape: Shape): unknown {
  if (Array.isArray(value)) return value.map((item) => translated(item, shape))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([given, content]) => {
      const member = `${given.slice(0, 1).toUpperCase()}${given.slice(1)}`
      const known = shape[member]
      if (known === undefined)
        throw validation(`Invalid RequestJson provided. Reason The field '${given}' is not supported.`)
      return typeof known === 'string' ? [known, content] : [known[0], translated(content, known[1])]
    }),
  )
}
