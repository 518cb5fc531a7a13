export { createAwsClients, type AwsClients } from './aws-clients.ts'
export { createFaultCatalogue } from './catalogue.ts'
export { createAws, PURPOSES, type Aws, type AwsTarget, type Purpose } from './client.ts'
export { createMetrics } from './cloudwatch/metrics.ts'
export {
  AVAILABILITY_METRIC,
  DURATION_METRIC,
  PROBE_NAMESPACE,
  UNUSABLE_METRIC,
} from './cloudwatch/publish.ts'
export { createIdentity } from './sts/identity.ts'
