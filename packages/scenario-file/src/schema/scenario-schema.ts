import { RESPONSES } from '@firedrill/core'
import { z } from 'zod'
import {
  apiVersionField,
  described,
  durationField,
  metadataField,
  NAME_PATTERN,
  nameField,
  textField,
} from './fields.ts'
import { objectiveField, stopConditionField } from './objective-schema.ts'
import { markerField } from './marker-schema.ts'
import { probeField } from './probe-schema.ts'
import { stepField } from './step-schema.ts'

/** Types a parameter can have. */
export const PARAMETER_TYPES = ['string', 'number', 'integer', 'boolean', 'duration'] as const
export type ParameterType = (typeof PARAMETER_TYPES)[number]

/** One parameter: a value that whoever books the drill may change. */
export const parameterField = described(
  z.strictObject({
    type: described(z.enum(PARAMETER_TYPES), 'Type of the value.', 'duration'),
    default: described(z.union([z.string(), z.number(), z.boolean()]), 'Value when none is given.', '5m'),
    description: textField('What changing it does.', 'The recovery objective.').optional(),
  }),
  'A value that whoever books the drill may change. Used as ${name}.',
  { type: 'duration', default: '5m', description: 'The recovery objective.' },
)

const parametersField = described(
  z.record(
    z.string().regex(NAME_PATTERN, 'a parameter name is lower-case letters, digits and hyphens'),
    parameterField,
  ),
  'Values that whoever books the drill may change, by name. Used as ${name} anywhere in spec.',
  { objective: { type: 'duration', default: '5m', description: 'The recovery objective.' } },
)

const steadyStateField = described(
  z.strictObject({
    for: durationField(
      'How long the system is watched before anything is broken. Default: 60s.',
      '60s',
    ).optional(),
    probes: described(z.array(z.string().min(1)).min(1), 'Probes that must be good. Default: every probe.', [
      'checkout',
    ]).optional(),
    successRatio: described(
      z.number().min(0).max(1),
      'Least share of good probes. Default: 0.99.',
      0.99,
    ).optional(),
  }),
  'What healthy means. The drill starts only while it holds.',
  { for: '60s', probes: ['checkout'], successRatio: 0.99 },
)

const timingField = described(
  z.strictObject({
    observeMax: durationField(
      'Longest wait for the response after the last fault is in, before the faults are taken out. Default: 10m.',
      '8m',
    ).optional(),
    recoverWithin: durationField(
      'Time allowed for the undo to be verified before a person is called. Default: 10m.',
      '5m',
    ).optional(),
    settle: durationField(
      'Wait after restoration before metrics are read for good. Default: 60s.',
      '60s',
    ).optional(),
  }),
  'How long each phase may take, in world time.',
  { observeMax: '8m', recoverWithin: '5m', settle: '60s' },
)

const specField = described(
  z.strictObject({
    extends: nameField(
      'Name of a scenario to start from; what stands here is laid over it.',
      'instance-kill',
    ).optional(),
    parameters: parametersField.optional(),
    description: textField(
      'What this drill does and why, for people.',
      'Stops every web instance of the primary Region.',
    ).optional(),
    hypothesis: textField(
      'What is believed to happen; the drill shows whether it does.',
      'Traffic moves to the standby Region within five minutes.',
    ),
    response: described(
      z.enum(RESPONSES),
      'How the system recovers. automatic: by itself; runbook: by people; evacuation: by the platform; restore: putting it back is the response.',
      'automatic',
    ),
    runbook: nameField(
      'With response: runbook, the runbook that people follow.',
      'evacuate-checkout',
    ).optional(),
    acceptIrreversible: described(
      z.boolean(),
      'Leave to use a fault that cannot be undone. Default: false.',
      false,
    ).optional(),
    blastRadius: described(
      z.strictObject({
        targetsMax: described(z.int().min(1), 'Most resources this drill may touch in total.', 6),
        percentMax: described(
          z.number().gt(0).max(100),
          'Most of what each selector chooses from, in percent. Default: 100.',
          100,
        ).optional(),
      }),
      'Upper limit of the damage; the environment may set a lower one.',
      { targetsMax: 6, percentMax: 100 },
    ),
    probes: described(
      z.array(probeField).min(1, 'at least one probe is needed'),
      'What watches the system as its users see it.',
      [{ name: 'checkout', kind: 'http', url: 'http://checkout.larkspur.example/health' }],
    ),
    markers: described(
      z.array(markerField),
      'Numbered writes through the application, by which data-loss objectives are measured. Default: none.',
      [
        {
          name: 'orders',
          kind: 'http',
          order: 'ordered',
          write: { url: 'http://checkout.larkspur.example/markers/{{run}}/{{sequence}}' },
          read: { url: 'http://checkout.larkspur.example/markers/{{run}}', path: 'present' },
          cleanUp: { url: 'http://checkout.larkspur.example/markers/{{run}}' },
        },
      ],
    ).optional(),
    steadyState: steadyStateField.optional(),
    steps: described(z.array(stepField).min(1, 'at least one step is needed'), 'What is done, in order.', [
      {
        inject: 'ec2-stop-instances',
        targets: { tags: { service: 'checkout' }, max: 6 },
        duration: '10m',
      },
    ]),
    objectives: described(
      z.array(objectiveField).min(1, 'at least one objective is needed'),
      'What the run is judged by.',
      [{ name: 'recovery', kind: 'recovery-time', max: '5m', probe: 'checkout' }],
    ),
    stopConditions: described(z.array(stopConditionField), 'What halts the run at once. Default: none.', [
      { name: 'orders-failing', region: 'standby', alarm: 'orders-failing' },
    ]).optional(),
    timing: timingField.optional(),
  }),
  'The drill itself.',
  {
    hypothesis: 'Traffic moves to the standby Region within five minutes.',
    response: 'automatic',
    blastRadius: { targetsMax: 6 },
    probes: [{ name: 'checkout', kind: 'http', url: 'http://checkout.larkspur.example/health' }],
    steps: [
      { inject: 'ec2-stop-instances', targets: { tags: { service: 'checkout' }, max: 6 }, duration: '10m' },
    ],
    objectives: [{ name: 'recovery', kind: 'recovery-time', max: '5m', probe: 'checkout' }],
  },
)

/** A scenario as written in a file, before defaults, parameters and `extends`. */
export const scenarioFileSchema = z
  .strictObject({
    apiVersion: apiVersionField,
    kind: described(z.literal('Scenario'), 'What this file describes.', 'Scenario'),
    metadata: metadataField('scenario', 'instance-kill', 'All primary web instances stop'),
    spec: specField,
  })
  .meta({
    title: 'Firedrill scenario',
    description: 'A failover drill on file: what is broken, watched and judged.',
  })
export type ScenarioFile = z.infer<typeof scenarioFileSchema>
