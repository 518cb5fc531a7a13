import { describe, expect, it } from 'vitest'
import { openBareWorld, type BareWorld } from '../../testing/bare-world.ts'
import { AwsFault } from '../../wire/aws-fault.ts'
import type { WireInput, WireStructure } from '../../wire/wire-value.ts'
import { unitAt } from '../../world/random.ts'
import { transitGatewaysOf } from '../ec2/attached-resources.ts'
import { subnetsOf } from '../ec2/subnets.ts'

const SEEDS = 12
const ROLE = 'arn:aws:iam::111122223333:role/Drill'
const ALARM = 'arn:aws:cloudwatch:eu-central-1:111122223333:alarm:checkout-availability'
const OVER = ['completed', 'stopped', 'failed', 'cancelled']

type Draw = <T>(items: readonly [T, ...T[]]) => T

function drawFrom(seed: number): Draw {
  let draws = 0
  return (items) => {
    draws += 1
    return items[Math.floor(unitAt(seed, 'experiments', draws) * items.length)] ?? items[0]
  }
}

/** Some of the actions that AWS promises to take back, in any order and with any duration. */
function randomTemplate({ world }: BareWorld, pick: Draw): WireInput {
  const instances = world.compute.inRegion('eu-west-1').map(({ id }) => id)
  const arn = (kind: string, id: string): string => `arn:aws:ec2:eu-west-1:111122223333:${kind}/${id}`
  const target = (resourceType: string, resourceArns: readonly string[]): object => ({
    resourceType,
    resourceArns,
    selectionMode: pick(['ALL', 'COUNT(1)', 'PERCENT(60)']),
  })
  const duration = (): string => pick(['PT1M', 'PT2M', 'PT5M'])
  const zones = { availabilityZoneIdentifiers: 'eu-west-1a', percentage: '50' }
  const kinds: Record<string, object> = {
    stop: {
      actionId: 'aws:ec2:stop-instances',
      parameters: { startInstancesAfterDuration: duration() },
      targets: { Instances: 'instances' },
    },
    cut: {
      actionId: 'aws:network:disrupt-connectivity',
      parameters: { duration: duration(), scope: pick(['all', 'vpc', 'availability-zone']) },
      targets: { Subnets: 'subnets' },
    },
    dry: {
      actionId: 'aws:ec2:api-insufficient-instance-capacity-error',
      parameters: { duration: duration(), ...zones },
      targets: { Roles: 'roles' },
    },
    errors: {
      actionId: 'aws:fis:inject-api-internal-error',
      parameters: {
        duration: duration(),
        service: 'ec2',
        operations: 'DescribeInstances',
        percentage: '100',
      },
      targets: { Roles: 'roles' },
    },
    stall: {
      actionId: 'aws:ebs:pause-volume-io',
      parameters: { duration: duration() },
      targets: { Volumes: 'volumes' },
    },
    part: {
      actionId: 'aws:network:transit-gateway-disrupt-cross-region-connectivity',
      parameters: { duration: duration(), region: 'eu-central-1' },
      targets: { TransitGateways: 'gateways' },
    },
    wait: { actionId: 'aws:fis:wait', parameters: { duration: duration() } },
    assert: {
      actionId: 'aws:cloudwatch:assert-alarm-state',
      parameters: { alarmArns: ALARM, alarmStates: 'OK' },
    },
  }
  const names = Object.keys(kinds).filter(() => pick([true, true, false]))
  const chosen = names.length > 0 ? names : ['stop']
  const actions = chosen.map((name, index) => {
    const before = chosen[index - 1]
    const startAfter = before !== undefined && pick([true, false, false]) ? { startAfter: [before] } : {}
    return [name, { ...kinds[name], ...startAfter }] as const
  })
  return {
    clientToken: 'template',
    description: 'random',
    roleArn: ROLE,
    stopConditions: [pick([{ source: 'none' }, { source: 'aws:cloudwatch:alarm', value: ALARM }])],
    targets: {
      instances: target(
        'aws:ec2:instance',
        instances.slice(0, 5).map((id) => arn('instance', id)),
      ),
      subnets: target(
        'aws:ec2:subnet',
        subnetsOf(world, 'eu-west-1').map(({ id }) => arn('subnet', id)),
      ),
      volumes: target(
        'aws:ec2:ebs-volume',
        instances.slice(0, 5).map((id) => arn('volume', id.replace(/^i-./, 'vol-1'))),
      ),
      gateways: target(
        'aws:ec2:transit-gateway',
        transitGatewaysOf(world, 'eu-west-1').map(({ id }) => arn('transit-gateway', id)),
      ),
      roles: { resourceType: 'aws:iam:role', selectionMode: 'ALL', resourceArns: [ROLE] },
    },
    actions: Object.fromEntries(actions),
  }
}

function must(answer: WireStructure | AwsFault): WireStructure {
  if (answer instanceof AwsFault) throw answer
  return answer
}

/** Runs an experiment to whatever end, and says what of it is left then. */
function leftovers(bare: BareWorld, seed: number): readonly string[] {
  const { world } = bare
  const pick = drawFrom(seed)
  const made = must(bare.call('fis', 'CreateExperimentTemplate', randomTemplate(bare, pick)))
  const experimentTemplateId = (made['experimentTemplate'] as WireStructure)['id'] as string
  const started = must(bare.call('fis', 'StartExperiment', { clientToken: 'start', experimentTemplateId }))
  const id = (started['experiment'] as WireStructure)['id'] as string
  const statusOf = (): string => {
    const { experiment } = must(bare.call('fis', 'GetExperiment', { id })) as { experiment: WireStructure }
    return (experiment['state'] as WireStructure)['status'] as string
  }
  const end = pick(['by itself', 'stop', 'lever', 'stop'])
  bare.advance(pick([3, 12, 20, 45, 100, 250]))
  if (end === 'stop' && !OVER.includes(statusOf())) must(bare.call('fis', 'StopExperiment', { id }))
  if (end === 'lever')
    must(
      bare.call('fis', 'UpdateSafetyLeverState', {
        id: 'default',
        state: { status: 'engaged', reason: 'test' },
      }),
    )
  for (let second = 0; second < 1_200 && !OVER.includes(statusOf()); second += 5) bare.advance(5)
  return [
    ...(OVER.includes(statusOf()) ? [] : ['the experiment itself']),
    ...world.impairments.all().map(({ effect }) => effect.kind),
    ...[...world.stores.replicas.values()].flatMap(({ isPaused, store }) => (isPaused ? [store] : [])),
    ...world.compute.inRegion('eu-west-1').flatMap((one) => (one.state === 'running' ? [] : [one.id])),
  ]
}

const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1)
const allLeftovers = (spoil: (bare: BareWorld) => void = () => undefined): (readonly string[])[] =>
  seeds.map((seed) => {
    const bare = openBareWorld(seed)
    spoil(bare)
    return leftovers(bare, seed)
  })

describe('an experiment, however it ends', () => {
  it('leaves nothing behind of the actions that are to be taken back', () => {
    expect(allLeftovers()).toEqual(seeds.map(() => []))
  })

  it('would be caught if effects were not taken off', () => {
    const found = allLeftovers(({ world }) => {
      world.impairments.end = () => undefined
    })
    expect(found.filter((left) => left.length > 0).length).toBeGreaterThan(SEEDS / 3)
  })

  it('would be caught if instances were not started again', () => {
    const found = allLeftovers(({ world }) => {
      world.compute.start = () => []
    })
    expect(found.filter((left) => left.length > 0).length).toBeGreaterThan(SEEDS / 3)
  })

  it('leaves instances stopped where nobody asked for a restart, as on AWS', () => {
    const bare = openBareWorld(1)
    const [first] = bare.world.compute.inRegion('eu-west-1')
    const template = randomTemplate(bare, (items) => items[0])
    const actions = { stop: { actionId: 'aws:ec2:stop-instances', targets: { Instances: 'instances' } } }
    const made = must(bare.call('fis', 'CreateExperimentTemplate', { ...template, actions }))
    const experimentTemplateId = (made['experimentTemplate'] as WireStructure)['id'] as string
    must(bare.call('fis', 'StartExperiment', { clientToken: 'start', experimentTemplateId }))
    bare.advance(300)
    expect(bare.world.compute.instances.get(first?.id ?? '')?.state).toBe('stopped')
  })
})
