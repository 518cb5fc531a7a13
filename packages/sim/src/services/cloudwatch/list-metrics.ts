import { InputReader } from '../../wire/input-reader.ts'
import type { Call } from '../../wire/service.ts'
import type { WireInput, WireStructure } from '../../wire/wire-value.ts'
import { CLOUDWATCH_INPUT_FAULTS } from './cloudwatch-faults.ts'
import { dimensionsView } from './metric-input.ts'
import { pageOf } from './paging.ts'

const PAGE = 500

/** `ListMetrics`: metrics of the Region that have had data. */
export function listMetrics(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, CLOUDWATCH_INPUT_FAULTS)
  const namespace = reader.text('Namespace')
  const name = reader.text('MetricName')
  const filters = reader
    .structures('Dimensions')
    .map((filter) => ({ name: filter.requiredText('Name'), value: filter.text('Value') }))
  const matching = call.world.metrics
    .list(call.region)
    .map(({ metric }) => metric)
    .filter(
      (metric) =>
        (namespace === undefined || metric.namespace === namespace) &&
        (name === undefined || metric.name === name),
    )
    .filter(({ dimensions }) =>
      filters.every((filter) => {
        const value = dimensions[filter.name]
        return value !== undefined && (filter.value === undefined || value === filter.value)
      }),
    )
  const { items, nextToken } = pageOf(matching, reader.text('NextToken'), PAGE)
  return {
    Metrics: items.map((metric) => ({
      Namespace: metric.namespace,
      MetricName: metric.name,
      Dimensions: dimensionsView(metric.dimensions),
    })),
    NextToken: nextToken,
  }
}
