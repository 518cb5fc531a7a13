import { DATABASE_VARIABLE, DEAD_MEN, ENVIRONMENT_KINDS, REACHES } from '@firedrill/core'
import { z } from 'zod'
import { INSTANT, INSTANT_WORDS } from '../environment/freeze-instant.ts'
import {
  apiVersionField,
  described,
  metadataField,
  NAME_PATTERN,
  nameField,
  textField,
  textMapField,
} from './fields.ts'

/** Days of the week as files write them. */
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

const byName = z
  .string()
  .regex(NAME_PATTERN, 'a name is lower-case letters, digits and hyphens, starting with a letter')
const time = /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/

const credentialsField = described(
  z.discriminatedUnion('source', [
    z.strictObject({
      source: described(z.literal('static'), 'Keys written here or taken from ${env:NAME}.', 'static'),
      accessKeyId: textField('Access key id.', '${env:DRILL_ACCESS_KEY_ID}'),
      secretAccessKey: textField('Secret access key.', '${env:DRILL_SECRET_ACCESS_KEY}'),
    }),
    z.strictObject({
      source: described(z.literal('profile'), 'A profile of the AWS configuration files.', 'profile'),
      profile: textField('Name of the profile.', 'drills'),
    }),
    z.strictObject({
      source: described(
        z.literal('environment-variables'),
        'AWS_ACCESS_KEY_ID and its companions. Never used for a sandbox.',
        'environment-variables',
      ),
    }),
  ]),
  'Where credentials come from. There is no default chain: an environment names its source.',
  { source: 'profile', profile: 'drills' },
)

const awsField = described(
  z.strictObject({
    endpoint: textField(
      'aws for the public endpoint of each service, otherwise one URL for all of them. Default: aws.',
      'aws',
      'http://127.0.0.1:4601',
    ).optional(),
    credentials: credentialsField,
    roleArn: textField(
      'Role that the platform assumes.',
      'arn:aws:iam::111122223333:role/firedrill',
    ).optional(),
    fisRoleArn: textField('Role that FIS assumes.', 'arn:aws:iam::111122223333:role/firedrill-fis'),
    schedulerRoleArn: textField(
      'Role that EventBridge Scheduler assumes to take faults out, with deadMan: aws-scheduler.',
      'arn:aws:iam::111122223333:role/firedrill-dead-man',
    ).optional(),
  }),
  'How AWS is reached.',
  {
    credentials: { source: 'profile', profile: 'drills' },
    fisRoleArn: 'arn:aws:iam::111122223333:role/firedrill-fis',
  },
)

const clockField = described(
  z.discriminatedUnion('source', [
    z.strictObject({ source: described(z.literal('real'), 'World time is real time.', 'real') }),
    z.strictObject({
      source: described(z.literal('simulator'), 'World time is the simulator’s.', 'simulator'),
      url: textField('Control address of the simulator.', 'http://127.0.0.1:4609'),
    }),
  ]),
  'Which clock the world runs on. Default: real.',
  { source: 'real' },
)

const probesField = described(
  z.strictObject({
    proxy: textField('HTTP CONNECT proxy for HTTP, TLS and TCP probes.', 'http://127.0.0.1:4608').optional(),
    ca: textField(
      'Certificate authorities of your own, PEM, that HTTPS and TLS probes trust besides the well-known ones.',
      '-----BEGIN CERTIFICATE-----',
    ).optional(),
    reach: described(
      z.enum(REACHES),
      'How far probes may reach: public (the internet), private (also 10.0.0.0/8 and the like), loopback (also this machine). Addresses at which a cloud hands out credentials are always refused. Default: loopback in a sandbox, public elsewhere.',
      'private',
    ).optional(),
    vantages: described(
      z
        .array(
          z.strictObject({
            name: nameField('Name of the vantage.', 'eu-central'),
            resolver: textField(
              'Resolver to ask, as host:port. Default: the system’s.',
              '127.0.0.1:4604',
            ).optional(),
            remote: described(
              z.boolean(),
              'true: a `firedrill probe` elsewhere looks from here. Default: false.',
              false,
            ).optional(),
          }),
        )
        .min(1, 'at least one vantage is needed'),
      'Places the probes look from.',
      [{ name: 'eu-central', resolver: '127.0.0.1:4604' }],
    ),
  }),
  'How and from where probes look.',
  { vantages: [{ name: 'eu-central' }] },
)

const databasesField = described(
  z.record(
    byName,
    z.strictObject({
      url: textField(
        'A postgresql:// URL without password.',
        'postgresql://drill@orders.example:5432/orders',
      ),
      passwordVariable: described(
        z
          .string()
          .regex(DATABASE_VARIABLE, 'a variable for a password is called FIREDRILL_DATABASE_ and something'),
        'Variable of the probe worker that holds the password. Default: none is sent.',
        'FIREDRILL_DATABASE_ORDERS',
      ).optional(),
    }),
  ),
  'Names that marker writers use, and the databases behind them. Default: none.',
  { orders: { url: 'postgresql://drill@orders.example:5432/orders' } },
)

const touchField = described(
  z.strictObject({
    requiredTags: textMapField('Only resources with all of these tags are ever targets.', {
      ChaosReady: 'true',
    }),
    exemptTag: textField(
      'A resource whose tag of this name is true is never a target. Default: firedrill:exempt.',
      'firedrill:exempt',
    ).optional(),
    protectedRecords: described(
      z.array(z.string().min(1)),
      'Full record names that are never touched. Default: none.',
      ['larkspur.example'],
    ).optional(),
    protectedTags: textMapField('A resource with any of these tags is never a target. Default: none.', {
      tier: 'crown-jewels',
    }).optional(),
    protectedZones: described(
      z.array(z.string().min(1)),
      'Hosted zones, by their name here, and Availability Zones in which nothing is ever touched. Default: none.',
      ['corporate', 'eu-west-1c'],
    ).optional(),
    irreversible: described(
      z.boolean(),
      'Faults that cannot be put back may be used, if the scenario accepts them too. Default: false.',
      false,
    ).optional(),
    blastRadius: described(
      z.strictObject({
        targetsMax: described(z.int().min(1), 'Most resources one drill may touch.', 12),
        percentMax: described(
          z.number().gt(0).max(100),
          'Most of what a selector chooses from, in percent. Default: 100.',
          50,
        ).optional(),
      }),
      'Ceiling that no scenario may exceed.',
      { targetsMax: 12, percentMax: 50 },
    ),
  }),
  'What may be touched.',
  { requiredTags: { ChaosReady: 'true' }, blastRadius: { targetsMax: 12 } },
)

const windowField = z
  .strictObject({
    days: described(z.array(z.enum(WEEKDAYS)).min(1), 'Days of the week.', ['tue', 'wed', 'thu']),
    from: described(
      z.string().regex(time, 'a time of day is written HH:MM'),
      'Start, HH:MM in the window’s zone.',
      '09:00',
    ),
    to: described(
      z.string().regex(time, 'a time of day is written HH:MM'),
      'End, HH:MM; 24:00 is midnight.',
      '16:00',
    ),
    timeZone: textField('IANA time zone. Default: UTC.', 'Europe/Berlin').optional(),
  })
  .meta({ description: 'One span of the week.' })

const freezeField = z
  .strictObject({
    from: described(
      z.string().regex(INSTANT, INSTANT_WORDS),
      'First instant of the freeze; a date begins at midnight UTC.',
      '2026-12-18T17:00:00+01:00',
    ),
    to: described(
      z.string().regex(INSTANT, INSTANT_WORDS),
      'End of the freeze; a date counts whole.',
      '2027-01-06',
    ),
    reason: textField('Why; shown to whoever is refused.', 'year-end closing'),
  })
  .meta({ description: 'One span of time in which no drill may start.' })

const specField = described(
  z.strictObject({
    kind: described(
      z.enum(ENVIRONMENT_KINDS),
      'sandbox: simulated, on loopback. cloud: a real account.',
      'cloud',
    ),
    production: described(z.boolean(), 'Real users depend on it. Default: false.', false).optional(),
    enabled: described(z.boolean(), 'Drills may start here. Default: true.', true).optional(),
    deadMan: described(
      z.enum(DEAD_MEN),
      'What takes a fault out when nobody is left and it does not end by itself. reaper: a process of the platform. aws-scheduler: besides it EventBridge Scheduler, which production demands. Default: reaper.',
      'aws-scheduler',
    ).optional(),
    account: described(
      z
        .string({ error: () => 'an AWS account id is written in quotes: "111122223333"' })
        .regex(/^\d{12}$/, 'an AWS account id has twelve digits'),
      'AWS account id, in quotes.',
      '111122223333',
    ),
    regions: described(
      z.record(
        byName,
        z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'an AWS Region code looks like eu-west-1'),
      ),
      'Names that scenarios use, and the AWS Region behind each.',
      { primary: 'eu-west-1', standby: 'eu-central-1' },
    ),
    homeRegion: nameField(
      'Region, by name, in which probe metrics are published; not the drilled one.',
      'standby',
    ),
    hostedZones: described(
      z.record(
        byName,
        z.strictObject({
          id: textField('Hosted zone id.', 'Z0LARKSPURPUBLIC'),
          domain: textField('Name of the zone, without trailing dot.', 'larkspur.example'),
        }),
      ),
      'Names that scenarios use, and the hosted zone behind each. Default: none.',
      { public: { id: 'Z0LARKSPURPUBLIC', domain: 'larkspur.example' } },
    ).optional(),
    aws: awsField,
    clock: clockField.optional(),
    probes: probesField,
    databases: databasesField.optional(),
    touch: touchField,
    windows: described(z.array(windowField), 'When drills may start. Default: always.', [
      { days: ['tue', 'wed', 'thu'], from: '09:00', to: '16:00', timeZone: 'Europe/Berlin' },
    ]).optional(),
    freezes: described(
      z.array(freezeField),
      'When drills may not start, whatever the windows say. Default: never.',
      [{ from: '2026-12-18T17:00:00+01:00', to: '2027-01-06', reason: 'year-end closing' }],
    ).optional(),
    approvals: described(
      z.int().min(0),
      'People who must approve a plan before it runs. Default: 0.',
      1,
    ).optional(),
  }),
  'The environment itself.',
  {
    kind: 'cloud',
    account: '111122223333',
    regions: { primary: 'eu-west-1', standby: 'eu-central-1' },
    homeRegion: 'standby',
    aws: {
      credentials: { source: 'profile', profile: 'drills' },
      fisRoleArn: 'arn:aws:iam::111122223333:role/firedrill-fis',
    },
    probes: { vantages: [{ name: 'eu-central' }] },
    touch: { requiredTags: { ChaosReady: 'true' }, blastRadius: { targetsMax: 12 } },
  },
)

/** An environment as written in a file, before defaults and `${env:NAME}`. */
export const environmentFileSchema = z
  .strictObject({
    apiVersion: apiVersionField,
    kind: described(z.literal('Environment'), 'What this file describes.', 'Environment'),
    metadata: metadataField('environment', 'sandbox', 'Larkspur checkout, simulated'),
    spec: specField,
  })
  .meta({ title: 'Firedrill environment', description: 'Where drills may act, and what may be touched.' })
export type EnvironmentFile = z.infer<typeof environmentFileSchema>
