import { DescribeAlarmHistoryCommand } from '@aws-sdk/client-cloudwatch'
import {
  CreateExperimentTemplateCommand,
  GetExperimentCommand,
  StartExperimentCommand,
} from '@aws-sdk/client-fis'
import { afterEach, expect, it } from 'vitest'
import { SECOND } from '../../world/model.ts'
import { openSdkArena, type SdkArena } from '../../testing/sdk-arena.ts'

let arena: SdkArena
afterEach(() => arena.close())

const RESTART_AFTER_SECONDS = 300

/** Stops the whole primary by an experiment and returns when each vantage was down, in seconds after the injection. */
async function outages(
  world: string,
): Promise<(readonly { readonly from: number; readonly to: number }[])[]> {
  arena = await openSdkArena({ world })
  const arns = arena.simulator.world.compute
    .inRegion('eu-west-1')
    .map(({ id }) => `arn:aws:ec2:eu-west-1:111122223333:instance/${id}`)
  const target = (resourceArns: string[]) => ({
    resourceType: 'aws:ec2:instance',
    selectionMode: 'ALL',
    resourceArns,
  })
  const stop = (Instances: string) => ({
    actionId: 'aws:ec2:stop-instances',
    parameters: { startInstancesAfterDuration: `PT${RESTART_AFTER_SECONDS}S` },
    targets: { Instances },
  })
  const { experimentTemplate } = await arena.fis.send(
    new CreateExperimentTemplateCommand({
      description: 'stop the primary',
      roleArn: 'arn:aws:iam::111122223333:role/FisDrill',
      stopConditions: [{ source: 'none' }],
      targets: { first: target(arns.slice(0, 3)), second: target(arns.slice(3)) },
      actions: { stopFirst: stop('first'), stopSecond: stop('second') },
    }),
  )
  const start = new StartExperimentCommand({ experimentTemplateId: experimentTemplate?.id })
  const { experiment } = await arena.fis.send(start)
  arena.advance(RESTART_AFTER_SECONDS + 300)
  const ended = await arena.fis.send(new GetExperimentCommand({ id: experiment?.id }))
  expect(ended.experiment?.state?.status).toBe('completed')
  const injectedAt = (ended.experiment?.actions?.['stopFirst']?.startTime?.getTime() ?? 0) * 1_000
  const seconds = (at: number) => (at - injectedAt) / SECOND
  return ['eu-west', 'eu-central', 'us-east'].map((vantage) => {
    const claim = {
      vantage,
      service: 'checkout.larkspur.example.',
      from: injectedAt,
      to: arena.simulator.world.now(),
    }
    const intervals = arena.simulator.world.truth.intervals({ ...claim, claim: 'http' }) ?? []
    return intervals
      .filter(({ state }) => state === 'down')
      .map(({ from, to }) => ({ from: seconds(from), to: seconds(to) }))
  })
}

it('makes an outage that DNS failover ends minutes before the experiment puts the instances back', async () => {
  for (const down of await outages('warm-standby')) {
    // The instances die one by one, so the outage may begin with a flicker.
    expect(down.at(0)?.from).toBeLessThan(5)
    expect(down.at(-1)?.to).toBeGreaterThan(30)
    expect(down.at(-1)?.to).toBeLessThan(150)
  }
  const { cloudWatch } = arena.clients({ region: 'eu-central-1' })
  const { AlarmHistoryItems = [] } = await cloudWatch.send(
    new DescribeAlarmHistoryCommand({ AlarmName: 'checkout-availability', HistoryItemType: 'StateUpdate' }),
  )
  expect(AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary)).toContain(
    'Alarm updated from OK to ALARM',
  )
})

it('leaves users down until the instances are back where there is nothing to fail over to', async () => {
  for (const down of await outages('no-failover'))
    expect(down.at(-1)?.to).toBeGreaterThan(RESTART_AFTER_SECONDS)
})
