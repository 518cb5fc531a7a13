import type { AwsService, BucketWish } from '../../wire/service.ts'
import {
  deleteAlarms,
  describeAlarmHistory,
  describeAlarms,
  putMetricAlarm,
  setAlarmState,
} from './alarms.ts'
import { putCompositeAlarm } from './composite-alarms.ts'
import { getMetricData, getMetricStatistics } from './get-metric-data.ts'
import { listMetrics } from './list-metrics.ts'
import { putMetricData } from './put-metric-data.ts'

/** Calls per second by operation; AWS publishes them as quotas, the burst is taken to be one second's worth. */
const RATES: Readonly<Record<string, number>> = {
  PutMetricData: 500,
  GetMetricData: 50,
  GetMetricStatistics: 400,
  ListMetrics: 25,
  DescribeAlarms: 9,
  DescribeAlarmHistory: 3,
  PutMetricAlarm: 3,
  PutCompositeAlarm: 3,
  SetAlarmState: 3,
  DeleteAlarms: 3,
}

/** Amazon CloudWatch: AWS JSON 1.0 for today's SDKs, the query protocol for older command lines. */
export function createCloudWatch(): AwsService {
  return {
    name: 'cloudwatch',
    signingName: 'monitoring',
    protocols: ['awsJson1.0', 'awsQuery'],
    apiVersion: '2010-08-01',
    xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
    targetPrefix: 'GraniteServiceVersion20100801',
    operations: {
      PutMetricData: { mutates: true, handle: putMetricData },
      GetMetricData: { mutates: false, handle: getMetricData },
      GetMetricStatistics: { mutates: false, handle: getMetricStatistics },
      ListMetrics: { mutates: false, handle: listMetrics },
      DescribeAlarms: { mutates: false, handle: describeAlarms },
      DescribeAlarmHistory: { mutates: false, handle: describeAlarmHistory },
      PutCompositeAlarm: { mutates: true, handle: putCompositeAlarm },
      PutMetricAlarm: { mutates: true, handle: putMetricAlarm },
      SetAlarmState: { mutates: true, handle: setAlarmState },
      DeleteAlarms: { mutates: true, handle: deleteAlarms },
    },
    throttlingFault: { code: 'ThrottlingException', queryCode: 'Throttling', message: 'Rate exceeded' },
    buckets: (operation): readonly BucketWish[] => {
      const rate = RATES[operation] ?? 10
      return [{ bucket: operation, limit: { burst: rate, refillPerSecond: rate }, tokens: 1 }]
    },
  }
}
