import { DescribeAlarmsCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch'
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2'
import {
  CreateExperimentTemplateCommand,
  DeleteExperimentTemplateCommand,
  GetActionCommand,
  GetExperimentCommand,
  GetExperimentTemplateCommand,
  GetTargetResourceTypeCommand,
  ListActionsCommand,
  ListExperimentResolvedTargetsCommand,
  ListExperimentsCommand,
  ListExperimentTemplatesCommand,
  ListTagsForResourceCommand,
  StartExperimentCommand,
  StopExperimentCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateExperimentTemplateCommand,
  type CreateExperimentTemplateCommandInput,
  type Experiment,
} from '@aws-sdk/client-fis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSdkArena, type SdkArena } from '../../testing/sdk-arena.ts'

let arena: SdkArena
beforeEach(async () => {
  arena = await openSdkArena()
})
afterEach(() => arena.close())

const ROLE = 'arn:aws:iam::111122223333:role/FisDrill'

const instanceIds = (): string[] => arena.simulator.world.compute.inRegion('eu-west-1').map(({ id }) => id)
const arnsOf = (ids: readonly string[]): string[] =>
  ids.map((id) => `arn:aws:ec2:eu-west-1:111122223333:instance/${id}`)
const stateOf = (id: string) => arena.simulator.world.compute.instances.get(id)?.state

type TemplateParts = Partial<Omit<CreateExperimentTemplateCommandInput, 'roleArn' | 'description'>>

function stopTemplate(parts: TemplateParts = {}): CreateExperimentTemplateCommandInput {
  return {
    description: 'stop the web tier',
    roleArn: ROLE,
    stopConditions: [{ source: 'none' }],
    targets: {
      web: {
        resourceType: 'aws:ec2:instance',
        selectionMode: 'ALL',
        resourceArns: arnsOf(instanceIds().slice(0, 3)),
      },
    },
    actions: {
      stop: {
        actionId: 'aws:ec2:stop-instances',
        parameters: { startInstancesAfterDuration: 'PT3M' },
        targets: { Instances: 'web' },
      },
    },
    ...parts,
  }
}

async function create(template: CreateExperimentTemplateCommandInput): Promise<string> {
  const { experimentTemplate } = await arena.fis.send(new CreateExperimentTemplateCommand(template))
  return experimentTemplate?.id ?? ''
}

async function start(template: CreateExperimentTemplateCommandInput): Promise<string> {
  const { experiment } = await arena.fis.send(
    new StartExperimentCommand({ experimentTemplateId: await create(template) }),
  )
  return experiment?.id ?? ''
}

async function show(id: string): Promise<Experiment> {
  const { experiment } = await arena.fis.send(new GetExperimentCommand({ id }))
  if (experiment === undefined) throw new Error(`no experiment ${id}`)
  return experiment
}

/** Steps second by second until the experiment has a status, and says how many seconds that took. */
async function until(id: string, status: string, limit = 900): Promise<number> {
  for (let second = 0; second <= limit; second += 1) {
    if ((await show(id)).state?.status === status) return second
    arena.advance(1)
  }
  throw new Error(`experiment never became ${status}: ${JSON.stringify((await show(id)).state)}`)
}

describe('an experiment that stops instances', () => {
  it('injects about ten seconds after the start, holds, restarts after the duration, and completes', async () => {
    const id = await start(stopTemplate())
    expect((await show(id)).state).toEqual({ status: 'pending', reason: 'Experiment is pending.' })
    expect(await until(id, 'initiating')).toBeLessThanOrEqual(2)
    const toRunning = await until(id, 'running')
    expect(toRunning).toBeGreaterThanOrEqual(8)
    expect(toRunning).toBeLessThanOrEqual(12)
    const targets = instanceIds().slice(0, 3)
    expect(targets.map(stateOf)).toEqual(['stopping', 'stopping', 'stopping'])
    const running = await show(id)
    expect(running.actions?.['stop']?.state?.status).toBe('running')
    expect(running.actions?.['stop']?.startTime?.getTime()).toBeGreaterThan(
      running.creationTime?.getTime() ?? 0,
    )
    arena.advance(175)
    expect(targets.map(stateOf)).toEqual(['stopped', 'stopped', 'stopped'])
    await until(id, 'completed')
    expect(targets.map(stateOf)).toEqual(['running', 'running', 'running'])
    expect(instanceIds().slice(3).map(stateOf)).toEqual(['running', 'running', 'running'])
    const ended = await show(id)
    expect(ended.actions?.['stop']?.state).toEqual({ status: 'completed', reason: 'Action was completed.' })
    expect((ended.endTime?.getTime() ?? 0) - (ended.startTime?.getTime() ?? 0)).toBeGreaterThan(180_000)
  })

  it('restarts the instances early when it is stopped, and only then calls itself stopped', async () => {
    const id = await start(stopTemplate())
    await until(id, 'running')
    arena.advance(3)
    const { experiment } = await arena.fis.send(new StopExperimentCommand({ id }))
    expect(experiment?.state).toEqual({ status: 'stopping', reason: 'Stopping Experiment.' })
    const took = await until(id, 'stopped')
    expect(took).toBeGreaterThanOrEqual(5)
    expect(instanceIds().slice(0, 3).map(stateOf)).toEqual(['running', 'running', 'running'])
    expect((await show(id)).actions?.['stop']?.state?.status).toBe('stopped')
    await expect(arena.fis.send(new StopExperimentCommand({ id }))).rejects.toMatchObject({
      name: 'ValidationException',
    })
  })

  it('leaves the instances stopped when no restart was asked for, also when it is stopped', async () => {
    const actions = {
      stop: { actionId: 'aws:ec2:stop-instances', targets: { Instances: 'web' } },
      wait: { actionId: 'aws:fis:wait', parameters: { duration: 'PT5M' } },
    }
    const id = await start(stopTemplate({ actions }))
    await until(id, 'running')
    arena.advance(60)
    expect((await show(id)).actions?.['stop']?.state?.status).toBe('completed')
    await arena.fis.send(new StopExperimentCommand({ id }))
    await until(id, 'stopped')
    expect(instanceIds().slice(0, 3).map(stateOf)).toEqual(['stopped', 'stopped', 'stopped'])
    expect((await show(id)).actions?.['wait']?.state?.status).toBe('stopped')
  })

  it('fails if a target was terminated meanwhile, unless the action tolerates that', async () => {
    const tolerant = { startInstancesAfterDuration: 'PT1M', completeIfInstancesTerminated: 'true' }
    for (const parameters of [{ startInstancesAfterDuration: 'PT1M' }, tolerant]) {
      const [first = '', second = ''] = instanceIds().filter((id) => stateOf(id) === 'running')
      const targets = {
        web: {
          resourceType: 'aws:ec2:instance',
          selectionMode: 'ALL',
          resourceArns: arnsOf([first, second]),
        },
      }
      const actions = {
        stop: { actionId: 'aws:ec2:stop-instances', parameters, targets: { Instances: 'web' } },
      }
      const id = await start(stopTemplate({ targets, actions }))
      await until(id, 'running')
      arena.simulator.world.compute.terminate([first], 'somebody else')
      await until(id, parameters === tolerant ? 'completed' : 'failed')
    }
  })
})

describe('order of actions', () => {
  it('starts an action only once those it comes after have completed, and cancels what never began', async () => {
    const actions = {
      first: { actionId: 'aws:fis:wait', parameters: { duration: 'PT1M' } },
      second: { actionId: 'aws:ec2:reboot-instances', targets: { Instances: 'web' }, startAfter: ['first'] },
      third: { actionId: 'aws:fis:wait', parameters: { duration: 'PT10M' }, startAfter: ['second'] },
      last: { actionId: 'aws:ec2:terminate-instances', targets: { Instances: 'web' }, startAfter: ['third'] },
    }
    const id = await start(stopTemplate({ actions }))
    await until(id, 'running')
    const statuses = async () => {
      const { actions: now = {} } = await show(id)
      return Object.keys(actions).map((name) => now[name]?.state?.status)
    }
    expect(await statuses()).toEqual(['running', 'pending', 'pending', 'pending'])
    arena.advance(61)
    expect(await statuses()).toEqual(['completed', 'completed', 'running', 'pending'])
    await arena.fis.send(new StopExperimentCommand({ id }))
    await until(id, 'stopped')
    expect(await statuses()).toEqual(['completed', 'completed', 'stopped', 'cancelled'])
    expect(instanceIds().map(stateOf)).not.toContain('terminated')
  })
})

describe('targets', () => {
  const byTag = (selectionMode: string, values = ['eu-west-1a', 'eu-west-1b']) => ({
    web: {
      resourceType: 'aws:ec2:instance',
      selectionMode,
      resourceTags: { ChaosReady: 'true' },
      filters: [
        { path: 'Placement.AvailabilityZone', values },
        { path: 'State.Name', values: ['running'] },
      ],
    },
  })
  const resolved = async (id: string) => {
    const { resolvedTargets = [] } = await arena.fis.send(
      new ListExperimentResolvedTargetsCommand({ experimentId: id }),
    )
    return resolvedTargets.map(({ targetInformation }) => targetInformation?.['arn'])
  }

  it.each([
    ['ALL', 4],
    ['COUNT(3)', 3],
    ['PERCENT(30)', 1],
  ])('resolves %s of four tagged and filtered instances to %i, once and for all', async (mode, count) => {
    const id = await start(stopTemplate({ targets: byTag(mode) }))
    await until(id, 'running')
    const first = await resolved(id)
    expect(first).toHaveLength(count)
    expect(instanceIds().filter((instance) => stateOf(instance) === 'stopping')).toHaveLength(count)
    arena.advance(60)
    expect(await resolved(id)).toEqual(first)
  })

  it('fails on a target that comes to nothing, with the error in the state', async () => {
    for (const targets of [byTag('PERCENT(10)'), byTag('ALL', ['eu-west-1z'])]) {
      const id = await start(stopTemplate({ targets }))
      await until(id, 'failed')
      const { state, actions } = await show(id)
      expect(state).toMatchObject({
        reason: 'Target resolution returned empty set',
        error: { accountId: '111122223333', code: 'InvalidTarget', location: 'targets.web' },
      })
      expect(actions?.['stop']?.state?.status).toBe('cancelled')
    }
    expect(instanceIds().map(stateOf)).toEqual(Array(6).fill('running'))
  })

  it('skips the action of an empty target in skip mode, but never a missing ARN', async () => {
    const experimentOptions = { emptyTargetResolutionMode: 'skip' as const }
    const skipping = await start(stopTemplate({ targets: byTag('ALL', ['eu-west-1z']), experimentOptions }))
    await until(skipping, 'completed')
    expect((await show(skipping)).actions?.['stop']?.state?.status).toBe('skipped')
    const arn = {
      web: {
        resourceType: 'aws:ec2:instance',
        selectionMode: 'ALL',
        resourceArns: arnsOf(['i-0123456789abcdef0']),
      },
    }
    await until(await start(stopTemplate({ targets: arn, experimentOptions })), 'failed')
  })

  it('refuses more than five resources by tag, as the default quota does', async () => {
    const id = await start(
      stopTemplate({ targets: byTag('ALL', ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']) }),
    )
    await until(id, 'failed')
    expect((await show(id)).state?.reason).toBe('Number of resources per experiment target cannot exceed 5')
  })
})

describe('stop conditions', () => {
  const alarmArn = async (): Promise<string> => {
    const { MetricAlarms = [] } = await arena.cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNames: ['checkout-healthy-hosts'] }),
    )
    return MetricAlarms[0]?.AlarmArn ?? ''
  }

  it('halts within a second or two of the alarm and puts the instances back', async () => {
    const stopConditions = [{ source: 'aws:cloudwatch:alarm', value: await alarmArn() }]
    const id = await start(stopTemplate({ stopConditions }))
    await until(id, 'running')
    const set = { AlarmName: 'checkout-healthy-hosts', StateValue: 'ALARM' as const, StateReason: 'test' }
    await arena.cloudWatch.send(new SetAlarmStateCommand(set))
    expect(await until(id, 'stopping')).toBeLessThanOrEqual(2)
    await until(id, 'stopped')
    expect((await show(id)).state?.reason).toBe('Experiment halted by stop condition.')
    expect(instanceIds().map(stateOf)).toEqual(Array(6).fill('running'))
  })

  it('fails before any action if the alarm does not exist', async () => {
    const value = 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:nobody'
    const id = await start(stopTemplate({ stopConditions: [{ source: 'aws:cloudwatch:alarm', value }] }))
    await until(id, 'failed')
    expect((await show(id)).state).toMatchObject({ error: { code: 'ConfigurationFailure' } })
    expect(instanceIds().map(stateOf)).toEqual(Array(6).fill('running'))
  })
})

describe('templates and idempotency', () => {
  it('answers a repeated token with the first experiment and refuses it with another body', async () => {
    const experimentTemplateId = await create(stopTemplate())
    const call = (tags: Record<string, string>) =>
      arena.fis.send(new StartExperimentCommand({ experimentTemplateId, clientToken: 'run-1-step-2', tags }))
    const first = await call({ run: '1' })
    arena.advance(30)
    const again = await call({ run: '1' })
    expect(again.experiment?.id).toBe(first.experiment?.id)
    expect(again.experiment?.state?.status).toBe('running')
    await expect(call({ run: '2' })).rejects.toMatchObject({
      name: 'ConflictException',
      $metadata: { httpStatusCode: 409 },
    })
    expect((await arena.fis.send(new ListExperimentsCommand({}))).experiments).toHaveLength(1)
  })

  it('allows five active experiments and answers the sixth with 402', async () => {
    const actions = { wait: { actionId: 'aws:fis:wait', parameters: { duration: 'PT5M' } } }
    const experimentTemplateId = await create(stopTemplate({ targets: {}, actions }))
    const begin = () => arena.fis.send(new StartExperimentCommand({ experimentTemplateId }))
    for (let count = 0; count < 5; count += 1) await begin()
    await expect(begin()).rejects.toMatchObject({
      name: 'ServiceQuotaExceededException',
      $metadata: { httpStatusCode: 402 },
    })
  })

  it('keeps, updates, tags, lists and deletes a template', async () => {
    const id = await create(stopTemplate({ tags: { team: 'edge' } }))
    const { experimentTemplate } = await arena.fis.send(new GetExperimentTemplateCommand({ id }))
    expect(experimentTemplate).toMatchObject({ id, ...stopTemplate({ tags: { team: 'edge' } }) })
    arena.advance(5)
    const updated = await arena.fis.send(new UpdateExperimentTemplateCommand({ id, description: 'changed' }))
    expect(updated.experimentTemplate).toMatchObject({
      description: 'changed',
      actions: stopTemplate().actions,
    })
    const resourceArn = `arn:aws:fis:eu-west-1:111122223333:experiment-template/${id}`
    await arena.fis.send(new TagResourceCommand({ resourceArn, tags: { run: '7' } }))
    await arena.fis.send(new UntagResourceCommand({ resourceArn, tagKeys: ['team'] }))
    expect((await arena.fis.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual({ run: '7' })
    await create(stopTemplate())
    const page = await arena.fis.send(new ListExperimentTemplatesCommand({ maxResults: 1 }))
    expect(page.experimentTemplates).toHaveLength(1)
    const rest = await arena.fis.send(
      new ListExperimentTemplatesCommand({ maxResults: 1, nextToken: page.nextToken ?? '' }),
    )
    expect(rest.experimentTemplates).toHaveLength(1)
    await arena.fis.send(new DeleteExperimentTemplateCommand({ id }))
    await expect(arena.fis.send(new GetExperimentTemplateCommand({ id }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 404 },
    })
  })

  it.each<[string, TemplateParts]>([
    [
      'an unknown action',
      { actions: { x: { actionId: 'aws:rds:reboot-db-instances', targets: { DBInstances: 'web' } } } },
    ],
    [
      'a target that is not defined',
      { actions: { x: { actionId: 'aws:ec2:stop-instances', targets: { Instances: 'no' } } } },
    ],
    [
      'a duration under a minute',
      { actions: { x: { actionId: 'aws:fis:wait', parameters: { duration: 'PT30S' } } } },
    ],
    ['a missing parameter', { actions: { x: { actionId: 'aws:fis:wait' } } }],
    ['no stop condition', { stopConditions: [] }],
    [
      'ARNs together with tags',
      {
        targets: {
          web: {
            resourceType: 'aws:ec2:instance',
            selectionMode: 'ALL',
            resourceArns: ['arn:x'],
            resourceTags: { a: 'b' },
          },
        },
      },
    ],
    [
      'a selection mode out of range',
      {
        targets: {
          web: { resourceType: 'aws:ec2:instance', selectionMode: 'PERCENT(0)', resourceTags: { a: 'b' } },
        },
      },
    ],
    [
      'a cycle',
      {
        actions: {
          a: { actionId: 'aws:fis:wait', parameters: { duration: 'PT1M' }, startAfter: ['b'] },
          b: { actionId: 'aws:fis:wait', parameters: { duration: 'PT1M' }, startAfter: ['a'] },
        },
      },
    ],
  ])('refuses a template with %s', async (_what, parts) => {
    await expect(create(stopTemplate(parts))).rejects.toMatchObject({
      name: 'ValidationException',
      $metadata: { httpStatusCode: 400 },
    })
  })

  it('describes its actions and target types, and only those it can carry out', async () => {
    const { actions = [] } = await arena.fis.send(new ListActionsCommand({}))
    expect(actions.map(({ id }) => id)).toContain('aws:ec2:stop-instances')
    const { action } = await arena.fis.send(new GetActionCommand({ id: 'aws:ec2:stop-instances' }))
    expect(action).toMatchObject({
      targets: { Instances: { resourceType: 'aws:ec2:instance' } },
      parameters: { startInstancesAfterDuration: { required: false } },
    })
    const type = await arena.fis.send(new GetTargetResourceTypeCommand({ resourceType: 'aws:ec2:instance' }))
    expect(type.targetResourceType?.resourceType).toBe('aws:ec2:instance')
  })
})

describe('what the pinned client cannot say', () => {
  it('previews targets without touching them in skip-all mode', async () => {
    const { fis } = arena.clients()
    fis.middlewareStack.add(
      (next) => async (args) => {
        const request = args.request as { body: string; path: string; headers: Record<string, string> }
        if (request.path === '/experiments') {
          request.body = JSON.stringify({
            ...JSON.parse(request.body),
            experimentOptions: { actionsMode: 'skip-all' },
          })
          request.headers['content-length'] = String(Buffer.byteLength(request.body))
        }
        return next(args)
      },
      { step: 'build', priority: 'low', name: 'actionsMode' },
    )
    const experimentTemplateId = await create(stopTemplate())
    const { experiment } = await fis.send(new StartExperimentCommand({ experimentTemplateId }))
    const id = experiment?.id ?? ''
    await until(id, 'completed')
    expect((await show(id)).actions?.['stop']?.state?.status).toBe('skipped')
    const { resolvedTargets } = await arena.fis.send(
      new ListExperimentResolvedTargetsCommand({ experimentId: id }),
    )
    expect(resolvedTargets).toHaveLength(3)
    const { Reservations = [] } = await arena.ec2.send(
      new DescribeInstancesCommand({ Filters: [{ Name: 'instance-state-name', Values: ['running'] }] }),
    )
    expect(Reservations).toHaveLength(6)
  })
})
