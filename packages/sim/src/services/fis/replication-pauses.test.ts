import { expect, it } from 'vitest'
import { openBareWorld, type BareWorld } from '../../testing/bare-world.ts'
import { AwsFault } from '../../wire/aws-fault.ts'
import type { WireStructure } from '../../wire/wire-value.ts'

const paused = ({ world }: BareWorld): readonly boolean[] =>
  [...world.stores.replicas.values()].map(({ isPaused }) => isPaused)

/** Runs one action on its targets and returns the experiment's id once the action has begun. */
function start(bare: BareWorld, action: object, target: object): string {
  const must = (answer: WireStructure | AwsFault): WireStructure => {
    if (answer instanceof AwsFault) throw answer
    return answer
  }
  const made = must(
    bare.call('fis', 'CreateExperimentTemplate', {
      clientToken: 'template',
      description: 'cut',
      roleArn: 'arn:aws:iam::111122223333:role/Drill',
      stopConditions: [{ source: 'none' }],
      targets: { target: { selectionMode: 'ALL', ...target } },
      actions: { action },
    }),
  )
  const experimentTemplateId = (made['experimentTemplate'] as WireStructure)['id'] as string
  const started = must(bare.call('fis', 'StartExperiment', { clientToken: 'start', experimentTemplateId }))
  bare.advance(15)
  return (started['experiment'] as WireStructure)['id'] as string
}

const crossRegion = (region: string) => ({
  actionId: 'aws:network:route-table-disrupt-cross-region-connectivity',
  parameters: { duration: 'PT5M', region },
  targets: { Subnets: 'target' },
})
const subnets = {
  resourceType: 'aws:ec2:subnet',
  parameters: { availabilityZoneIdentifier: 'eu-west-1a' },
}

it('keeps stores on hosts from following into the Region that is cut off, and lets them catch up afterwards', () => {
  const bare = openBareWorld(1, 'pilot-light')
  start(bare, crossRegion('us-east-1'), subnets)
  expect(paused(bare)).toEqual([false])
  const cut = openBareWorld(1, 'pilot-light')
  const id = start(cut, crossRegion('eu-central-1'), subnets)
  expect(cut.world.impairments.cutsRegions('eu-west-1', 'eu-central-1')).toBe(true)
  expect(paused(cut)).toEqual([true])
  cut.call('fis', 'StopExperiment', { id })
  expect(paused(cut)).toEqual([false])
})

it('pauses a global table only some time after the action began, and not what somebody else has paused', () => {
  const action = {
    actionId: 'aws:dynamodb:global-table-pause-replication',
    parameters: { duration: 'PT10M' },
    targets: { Tables: 'target' },
  }
  const resourceArns = ['arn:aws:dynamodb:eu-west-1:111122223333:table/orders']
  const table = { resourceType: 'aws:dynamodb:global-table', resourceArns }
  const open = (): BareWorld => {
    const bare = openBareWorld(1, 'pilot-light')
    const { stores } = bare.world.stores
    for (const [name, store] of stores.entries()) stores.put(name, { ...store, runsOnHosts: false })
    return bare
  }
  const bare = open()
  start(bare, action, table)
  expect(paused(bare)).toEqual([false])
  bare.advance(240)
  expect(paused(bare)).toEqual([true])
  bare.advance(600)
  expect(paused(bare)).toEqual([false])
  const byHand = open()
  byHand.world.stores.setPaused('orders', 'eu-central-1', true, 'by hand')
  start(byHand, action, table)
  byHand.advance(900)
  expect(paused(byHand)).toEqual([true])
})
