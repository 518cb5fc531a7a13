import { FAILURE_ANSWERS } from '@firedrill/core'
import { z } from 'zod'
import { described, durationField, nameField, textField, textMapField } from './fields.ts'

const chooseField = described(
  z.union([
    described(z.literal('all'), 'Every match.', 'all'),
    z.strictObject({ count: described(z.int().min(1), 'This many of the matches, at random.', 2) }),
    z.strictObject({
      percent: described(
        z.number().gt(0).max(100),
        'This share of the matches, rounded down; a share below one target refuses the run.',
        50,
      ),
    }),
    z.strictObject({
      perGroup: described(
        z.int().min(1),
        'This many of every Auto Scaling group that matches, at random.',
        1,
      ),
    }),
  ]),
  'How many of the matches: all, {count: N}, {percent: N} or {perGroup: N}. Random choices are made once, at planning, from the seed the run records.',
  'all',
  { count: 2 },
  { percent: 50 },
  { perGroup: 1 },
)

const targetsField = described(
  z.strictObject({
    region: nameField(
      'Name of a Region in the environment, never an AWS code. Default: primary.',
      'primary',
    ).optional(),
    tags: textMapField('Tags a resource must carry, all of them.', { service: 'checkout' }).optional(),
    group: textField('Name of the Auto Scaling group whose members are meant.', 'web').optional(),
    zones: described(z.array(z.string().min(1)), 'Availability Zone names or ids. Default: any zone.', [
      'eu-west-1a',
    ]).optional(),
    zone: nameField('For DNS faults: name of a hosted zone in the environment.', 'public').optional(),
    record: textField(
      'For DNS faults: full name of the record, without trailing dot; where a fault allows it, * for every name of the zone.',
      'checkout.larkspur.example',
    ).optional(),
    types: described(
      z.array(z.string().regex(/^[A-Z]+$/, 'a record type is written in capitals, such as A or CNAME')),
      'For DNS faults: record types. Default: every record of that name.',
      ['A', 'AAAA'],
    ).optional(),
    set: textField(
      'For DNS faults: set identifier of the one variant that is meant. Default: every variant of that name.',
      'primary',
    ).optional(),
    choose: chooseField.optional(),
    max: described(
      z.int().min(1),
      'Cap: more matches than this refuse the run. May be left out only with choose: {count: N}.',
      6,
    ).optional(),
  }),
  'What the fault aims at. Resolved once, at planning, and frozen.',
  { region: 'primary', tags: { service: 'checkout' }, choose: 'all', max: 6 },
)

const afterField = described(
  z.array(z.string().min(1)),
  'Steps that must be done first. Default: the step above; [] means at the start.',
  ['stop-web'],
  [],
).optional()

const injectStep = z.strictObject({
  inject: nameField('The fault to put in, by its name in the catalogue.', 'ec2-stop-instances'),
  name: nameField('Name of the step. Default: the name of the fault.', 'stop-web').optional(),
  after: afterField,
  targets: targetsField,
  duration: durationField(
    'How long the fault may last in world time, counted from the request. It is undone by then at the latest.',
    '10m',
  ),
  parameters: described(
    z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    'Settings of the fault; its page in docs/faults lists them.',
    { stopAlarms: 'checkout-errors' },
  ).optional(),
  onFailure: described(
    z.enum(FAILURE_ANSWERS),
    'When the fault does not take effect: recover (the default) takes everything out, ask holds the run for a person, who may retry or skip the step, at most for its duration.',
    'ask',
  ).optional(),
})

const actStep = z.strictObject({
  act: nameField(
    'A step of the evacuation that the platform carries out, by its name in the catalogue. It comes after every fault, and is undone in the failback.',
    'route53-shift-traffic',
  ),
  name: nameField('Name of the step. Default: the name of what it does.', 'shift-half').optional(),
  after: afterField,
  targets: targetsField,
  duration: durationField(
    'How long it may last in world time, counted from the request. It is undone by then at the latest.',
    '2h',
  ),
  parameters: described(
    z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    'Settings of the step; its page in docs/faults lists them.',
    { percent: 50 },
  ).optional(),
  onFailure: described(
    z.enum(FAILURE_ANSWERS),
    'When it does not take effect: recover (the default) takes everything out, ask holds the run for a person, who may retry or skip the step.',
    'ask',
  ).optional(),
})

const waitStep = z.strictObject({
  wait: durationField('Pause between two faults, in world time.', '30s'),
  name: nameField('Name of the step. Default: wait-1, wait-2 and so on.', 'let-caches-expire').optional(),
  after: afterField,
})

/** One thing the drill does: inject a fault, carry out a step of an evacuation, or wait. */
export const stepField = z
  .union([injectStep, actStep, waitStep])
  .meta({ description: 'One step: `inject: FAULT`, `act: STEP` of an evacuation, or `wait: DURATION`.' })
export type StepFile = z.infer<typeof stepField>
export type InjectFile = z.infer<typeof injectStep>
