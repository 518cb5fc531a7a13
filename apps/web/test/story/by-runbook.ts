import type { RunDetail } from '@firedrill/contracts'
import { world } from './clock.ts'
import { EASY } from './measured.ts'
import { UNTIL_CLOSED, UNTIL_INJECTED, type Line } from './script.ts'
import type { Told } from './tell.ts'

const step = { role: 'operator', check: null, action: null, marks: null, skipped: null, done: null } as const
const INSTRUCTIONS = `Look at the primary Region: is it **gone**, or only slow? See [the map](https://example.com/map).

1. Ask \`describe-auto-scaling-groups\`.
2. Say so in the channel.

\`\`\`sh
aws autoscaling set-desired-capacity --region eu-central-1 --auto-scaling-group-name web --desired-capacity 6
\`\`\`

<img src=x onerror=alert(1)>`

/** What people follow in the run below: one step done, one begun and late, one with a check, one that aborts. */
const RUNBOOK: RunDetail['runbook'] = {
  name: 'bring-up-standby',
  hash: 'b'.repeat(64),
  title: 'Bring the standby Region up',
  isOpen: true,
  steps: [
    {
      ...step,
      name: 'decide',
      title: 'Decide',
      role: 'lead',
      marks: 'decided',
      expectedMicros: 120_000_000,
      instructions: 'Gone, and not back within a minute: bring the standby up.',
      state: 'done',
      started: { by: 'M. Okafor', note: 'I have it', worldAt: world(90) },
      done: { by: 'M. Okafor', note: '', worldAt: world(112), checked: null },
    },
    {
      ...step,
      name: 'scale-out',
      title: 'Scale the standby out',
      marks: 'acted',
      expectedMicros: 30_000_000,
      instructions: INSTRUCTIONS,
      state: 'started',
      started: { by: 'P. Novák', note: '', worldAt: world(115) },
    },
    {
      ...step,
      name: 'see-served',
      title: 'See customers served',
      check: 'checkout',
      expectedMicros: 300_000_000,
      instructions: 'Instances take one to two minutes to boot.',
      state: 'open',
      started: null,
    },
    {
      ...step,
      name: 'give-up',
      title: 'Give up',
      role: 'lead',
      action: 'abort',
      expectedMicros: 10_000_000,
      instructions: 'Only when customers are not served after ten minutes.',
      state: 'open',
      started: null,
    },
  ],
}

/** A run in its outage whose people follow a runbook. */
export function byRunbook(): Told {
  const by = (s: number, type: 'started' | 'done', who: NonNullable<Line['by']>, name: string) => ({
    s,
    type: `runbook-step-${type}` as const,
    tone: 'person' as const,
    by: who,
    summary: `Runbook step ${name} ${type}`,
    data: { step: name, note: '' },
  })
  const lines: Told['lines'] = [
    ...UNTIL_INJECTED,
    ...UNTIL_CLOSED.filter(({ s }) => s < 90),
    by(90, 'started', 'M. Okafor', 'decide'),
    by(112, 'done', 'M. Okafor', 'decide'),
    by(115, 'started', 'P. Novák', 'scale-out'),
  ]
  return {
    id: 'run_01k2m6a7d3e9f4g5h6j7k8m9n8',
    number: 218,
    lines,
    nowSeconds: 141.3,
    limits: EASY,
    change: (run) => ({ ...run, response: 'runbook', runbook: RUNBOOK }),
  }
}
