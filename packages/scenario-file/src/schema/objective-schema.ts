import { z } from 'zod'
import { described, durationField, nameField, textField, textMapField } from './fields.ts'

const sustainedField = described(
  z.strictObject({
    good: described(
      z.int().min(1),
      'Good probes (or metric periods) in a row that begin a recovery. Default: 5.',
      30,
    ).optional(),
    hold: durationField(
      'No new failure for this long, or the outage goes on. Default: 30s.',
      '2m',
    ).optional(),
  }),
  'When a recovery counts: this many good in a row, and no new failure for the hold time.',
  { good: 30, hold: '2m' },
)

const base = {
  name: nameField('Name of the objective, as reports show it.', 'recovery'),
  max: durationField('The objective: longer than this misses it.', '5m'),
}

const metricField = described(
  z.strictObject({
    region: nameField('Name of the Region that holds the metric.', 'standby'),
    namespace: textField('CloudWatch namespace.', 'Larkspur/Checkout'),
    name: textField('Name of the metric.', 'Availability'),
    dimensions: textMapField('Dimensions of the metric, all of them. Default: none.', {
      Service: 'checkout',
    }).optional(),
    statistic: described(
      z.enum(['Average', 'Minimum', 'Maximum', 'Sum']),
      'Statistic of each period. Default: Average.',
      'Average',
    ).optional(),
    period: durationField('Length of one period; it bounds how exact the figure can be.', '10s'),
    goodAtLeast: described(z.number(), 'A period is good when its value is at least this.', 99),
  }),
  'An availability metric in CloudWatch.',
  { region: 'standby', namespace: 'Larkspur/Checkout', name: 'Availability', period: '10s', goodAtLeast: 99 },
)

const seriesField = described(
  z.strictObject({
    name: nameField('Name under which the series is imported into the run.', 'real-users'),
    period: durationField('Length of one period; it bounds how exact the figure can be.', '10s'),
    goodAtLeast: described(z.number(), 'A period is good when its value is at least this.', 99),
    clockError: durationField(
      'How much the clock behind the series may be off. Default: 1s.',
      '500ms',
    ).optional(),
  }),
  'A time series of somebody else, imported with `firedrill import-series`. Its times are the starts of periods.',
  { name: 'real-users', period: '10s', goodAtLeast: 99 },
)

const recoveryTime = z.strictObject({
  name: base.name,
  kind: described(
    z.literal('recovery-time'),
    'From the first user-visible failure to sustained recovery. Needs `probe`, `metric` or `series`.',
    'recovery-time',
  ),
  max: base.max,
  probe: nameField('The probe that sees the outage and its end.', 'checkout').optional(),
  metric: metricField.optional(),
  series: seriesField.optional(),
  sustained: sustainedField.optional(),
})

const detectionTime = z.strictObject({
  name: base.name,
  kind: described(
    z.literal('detection-time'),
    'From the first user-visible failure to the alarm.',
    'detection-time',
  ),
  max: base.max,
  probe: nameField('The probe that sees the first failure.', 'checkout'),
  alarm: described(
    z.strictObject({
      region: nameField('Name of the Region that holds the alarm.', 'standby'),
      name: textField('Name of the CloudWatch alarm.', 'checkout-availability'),
    }),
    'The alarm that should go off.',
    { region: 'standby', name: 'checkout-availability' },
  ),
})

const dataLoss = z.strictObject({
  name: base.name,
  kind: described(
    z.literal('data-loss'),
    'Acknowledged writes that are missing afterwards, as time.',
    'data-loss',
  ),
  max: base.max,
  marker: nameField('The marker writer whose writes are counted.', 'orders'),
})

/** A limit that the run is judged by. */
export const objectiveField = z
  .discriminatedUnion('kind', [recoveryTime, detectionTime, dataLoss])
  .meta({ description: 'One objective: what is measured, from which source, and the most it may be.' })
export type ObjectiveFile = z.infer<typeof objectiveField>
export type RecoveryFile = z.infer<typeof recoveryTime>

/** What halts a run at once. */
export const stopConditionField = z
  .strictObject({
    name: nameField('Name of the stop condition.', 'orders-failing'),
    kind: described(z.literal('alarm'), 'A CloudWatch alarm. Default: alarm.', 'alarm').optional(),
    region: nameField('Name of the Region that holds the alarm.', 'standby'),
    alarm: textField('Name of the CloudWatch alarm; ALARM halts the run.', 'orders-failing'),
    whenDead: described(
      z.enum(['breached', 'ignore']),
      'What a source that cannot be read counts as. Default: breached.',
      'breached',
    ).optional(),
  })
  .meta({ description: 'One condition that halts the run and takes every fault out.' })
