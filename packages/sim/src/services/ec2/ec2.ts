import type { AwsService, BucketWish } from '../../wire/service.ts'
import type { WireInput } from '../../wire/wire-value.ts'
import {
  modifyInstanceAttribute,
  rebootInstances,
  startInstances,
  stopInstances,
  terminateInstances,
} from './change-instances.ts'
import { describeInstances, describeInstanceStatus } from './describe-instances.ts'
import { describeAvailabilityZones, describeRegions } from './places.ts'
import { describeNetworkAcls, describeSubnets } from './subnets.ts'
import { createTags, deleteTags, describeTags } from './tags.ts'

const THROTTLED = { code: 'RequestLimitExceeded', message: 'Request limit exceeded.', status: 503 }

/** Amazon EC2: instances, their tags and where they are. */
export function createEc2(): AwsService {
  return {
    name: 'ec2',
    signingName: 'ec2',
    protocols: ['ec2Query'],
    apiVersion: '2016-11-15',
    xmlNamespace: 'http://ec2.amazonaws.com/doc/2016-11-15/',
    operations: {
      DescribeInstances: { mutates: false, handle: describeInstances },
      DescribeInstanceStatus: { mutates: false, handle: describeInstanceStatus },
      DescribeAvailabilityZones: { mutates: false, handle: describeAvailabilityZones },
      DescribeRegions: { mutates: false, handle: describeRegions },
      DescribeSubnets: { mutates: false, handle: describeSubnets },
      DescribeNetworkAcls: { mutates: false, handle: describeNetworkAcls },
      DescribeTags: { mutates: false, handle: describeTags },
      StopInstances: { mutates: true, handle: stopInstances },
      StartInstances: { mutates: true, handle: startInstances },
      TerminateInstances: { mutates: true, handle: terminateInstances },
      RebootInstances: { mutates: true, handle: rebootInstances },
      ModifyInstanceAttribute: { mutates: true, handle: modifyInstanceAttribute },
      CreateTags: { mutates: true, handle: createTags },
      DeleteTags: { mutates: true, handle: deleteTags },
    },
    throttlingFault: THROTTLED,
    injectedFaults: {
      internal: { code: 'InternalError', message: 'An internal error has occurred', status: 500 },
      throttle: THROTTLED,
      unavailable: {
        code: 'Unavailable',
        message: "The server is overloaded and can't handle the request.",
        status: 503,
      },
    },
    buckets,
  }
}

const UNFILTERED_DESCRIBES = ['DescribeInstances', 'DescribeInstanceStatus']

/** Request buckets per operation, and resource buckets that count instances. */
function buckets(operation: string, input: WireInput): readonly BucketWish[] {
  const instances = Array.isArray(input['InstanceId']) ? input['InstanceId'].length : 1
  switch (operation) {
    case 'StartInstances':
      return [wish('StartInstances', 5, 2, 1), wish('StartInstances/resources', 1_000, 2, instances)]
    case 'StopInstances':
      return [wish('mutating', 50, 5, 1), wish('StopInstances/resources', 1_000, 20, instances)]
    case 'TerminateInstances':
      return [
        wish('TerminateInstances', 100, 5, 1),
        wish('TerminateInstances/resources', 1_000, 20, instances),
      ]
    case 'CreateTags':
    case 'DeleteTags':
      return [wish(operation, 100, 10, 1)]
    case 'RebootInstances':
    case 'ModifyInstanceAttribute':
      return [wish('mutating', 50, 5, 1)]
    default: {
      const isNarrow = ['Filter', 'InstanceId', 'MaxResults'].some((member) => input[member] !== undefined)
      if (UNFILTERED_DESCRIBES.includes(operation) && !isNarrow) return [wish('unfiltered', 50, 10, 1)]
      return [wish('non-mutating', 100, 20, 1)]
    }
  }
}

function wish(bucket: string, burst: number, refillPerSecond: number, tokens: number): BucketWish {
  return { bucket, limit: { burst, refillPerSecond }, tokens }
}
