import type { Metrics } from '@firedrill/core'
import type { AwsClients } from '../aws-clients.ts'
import { readAlarmHistory, readAlarmState } from './alarms.ts'
import { readBuckets } from './buckets.ts'
import { publishSamples } from './publish.ts'

/** Metrics and alarms in CloudWatch. Reads use the environment's Region of that name, publishing its home Region. */
export function createMetrics(clients: AwsClients): Metrics {
  return {
    async buckets(environment, metric, from, to, signal) {
      const aws = clients.get({ environment, region: metric.region, purpose: 'observe' })
      return aws.ok ? readBuckets(aws.value, metric, from, to, signal) : aws
    },
    async alarmHistory(environment, { region, name }, from, to, signal) {
      const aws = clients.get({ environment, region, purpose: 'observe' })
      return aws.ok ? readAlarmHistory(aws.value, name, from, to, signal) : aws
    },
    async alarmState(environment, { region, name }, signal) {
      const aws = clients.get({ environment, region, purpose: 'observe' })
      return aws.ok ? readAlarmState(aws.value, name, signal) : aws
    },
    async publish(environment, runId, samples, signal) {
      const aws = clients.get({ environment, region: environment.homeRegion, purpose: 'observe' })
      return aws.ok ? publishSamples(aws.value, runId, samples, signal) : aws
    },
  }
}
