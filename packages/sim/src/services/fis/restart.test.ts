import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateExperimentTemplateCommand,
  GetExperimentCommand,
  StartExperimentCommand,
} from '@aws-sdk/client-fis'
import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  ListHostedZonesCommand,
} from '@aws-sdk/client-route-53'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openSdkArena, type SdkArena } from '../../testing/sdk-arena.ts'

let directory: string
const open: SdkArena[] = []
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sim-restart-'))
})
afterEach(async () => {
  for (const arena of open.splice(0)) await arena.close()
  await rm(directory, { recursive: true, force: true })
})

async function arenaAt(name: string): Promise<SdkArena> {
  const arena = await openSdkArena({ stateDirectory: join(directory, name) })
  open.push(arena)
  return arena
}

/** What a kill leaves: the files as they are at this moment, and no chance to write any more. */
async function killedCopy(from: string, to: string): Promise<SdkArena> {
  const isState = (path: string): boolean => !path.endsWith('lock')
  await cp(join(directory, from), join(directory, to), { recursive: true, filter: isState })
  return arenaAt(to)
}

it('goes on with experiments, tokens, changes and restarts of instances after a kill in mid-outage', async () => {
  const before = await arenaAt('first')
  const ids = before.simulator.world.compute.inRegion('eu-west-1').map(({ id }) => id)
  const { experimentTemplate } = await before.fis.send(
    new CreateExperimentTemplateCommand({
      description: 'stop two',
      roleArn: 'arn:aws:iam::111122223333:role/FisDrill',
      stopConditions: [{ source: 'none' }],
      targets: {
        web: {
          resourceType: 'aws:ec2:instance',
          selectionMode: 'ALL',
          resourceArns: ids.slice(0, 2).map((id) => `arn:aws:ec2:eu-west-1:111122223333:instance/${id}`),
        },
      },
      actions: {
        stop: {
          actionId: 'aws:ec2:stop-instances',
          parameters: { startInstancesAfterDuration: 'PT2M' },
          targets: { Instances: 'web' },
        },
      },
    }),
  )
  const start = { experimentTemplateId: experimentTemplate?.id, clientToken: 'run-1' }
  const { experiment } = await before.fis.send(new StartExperimentCommand(start))
  before.advance(60)
  const zone = (await before.route53.send(new ListHostedZonesCommand({}))).HostedZones?.[0]?.Id
  const ResourceRecordSet = {
    Name: 'new.larkspur.example',
    Type: 'A' as const,
    TTL: 30,
    ResourceRecords: [{ Value: '192.0.2.1' }],
  }
  const { ChangeInfo } = await before.route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: zone,
      ChangeBatch: { Changes: [{ Action: 'CREATE', ResourceRecordSet }] },
    }),
  )

  const after = await killedCopy('first', 'second')
  const show = async () => (await after.fis.send(new GetExperimentCommand({ id: experiment?.id }))).experiment
  const changeStatus = async () =>
    (await after.route53.send(new GetChangeCommand({ Id: ChangeInfo?.Id }))).ChangeInfo?.Status
  const states = () => ids.slice(0, 2).map((id) => after.simulator.world.compute.instances.get(id)?.state)
  expect((await show())?.state?.status).toBe('running')
  expect(states()).toEqual(['stopped', 'stopped'])
  expect((await after.fis.send(new StartExperimentCommand(start))).experiment?.id).toBe(experiment?.id)
  expect(await changeStatus()).toBe('PENDING')
  after.advance(150)
  expect((await show())?.state?.status).toBe('completed')
  expect(states()).toEqual(['running', 'running'])
  expect(await changeStatus()).toBe('INSYNC')
})
