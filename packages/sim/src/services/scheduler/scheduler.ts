import type { World } from '../../world/world.ts'
import type { AwsService, Operation } from '../../wire/service.ts'
import { GroupOperations } from './group-operations.ts'
import { Invocations } from './invocations.ts'
import { ScheduleOperations } from './schedule-operations.ts'
import type { Schedule, ScheduleGroup } from './scheduler-model.ts'

type Handle = Operation['handle']

/**
 * Amazon EventBridge Scheduler: one-time schedules with universal targets. What they call is done in this world, by the
 * operations of the `services` it is given.
 */
export function createScheduler(
  world: World,
  services: readonly AwsService[],
  platformNowMs: () => number,
): AwsService {
  const schedules = world.kernel.store.table<Schedule>('scheduler-schedules')
  const groups = new GroupOperations(world.kernel.store.table<ScheduleGroup>('scheduler-groups'), schedules)
  const invocations = new Invocations(world, schedules, services, platformNowMs)
  const operations = new ScheduleOperations(schedules, groups, invocations)
  return {
    name: 'scheduler',
    signingName: 'scheduler',
    protocols: ['restJson1'],
    apiVersion: '2021-06-30',
    xmlNamespace: '',
    operations: {
      CreateSchedule: write('POST', '/schedules/{Name}', (call, input) => operations.create(call, input)),
      GetSchedule: readOnly('/schedules/{Name}', (call, input) => operations.show(call, input)),
      UpdateSchedule: write('PUT', '/schedules/{Name}', (call, input) => operations.update(call, input)),
      DeleteSchedule: write('DELETE', '/schedules/{Name}', (call, input) => operations.delete(call, input)),
      ListSchedules: readOnly('/schedules', (call, input) => operations.list(call, input)),
      CreateScheduleGroup: write('POST', '/schedule-groups/{Name}', (call, input) =>
        groups.create(call, input),
      ),
      GetScheduleGroup: readOnly('/schedule-groups/{Name}', (call, input) => groups.show(call, input)),
      DeleteScheduleGroup: write('DELETE', '/schedule-groups/{Name}', (call, input) =>
        groups.delete(call, input),
      ),
      ListScheduleGroups: readOnly('/schedule-groups', (call, input) => groups.list(call, input)),
      ListTagsForResource: readOnly('/tags/{ResourceArn}', (call, input) => groups.tagsOf(call, input)),
      TagResource: write('POST', '/tags/{ResourceArn}', (call, input) => groups.tag(call, input)),
      UntagResource: write('DELETE', '/tags/{ResourceArn}', (call, input) => groups.untag(call, input)),
    },
    throttlingFault: { code: 'ThrottlingException', message: 'Rate exceeded', status: 429 },
    buckets: (operation) => [
      { bucket: operation, limit: { burst: 1_000, refillPerSecond: 1_000 }, tokens: 1 },
    ],
  }
}

function readOnly(path: string, handle: Handle): Operation {
  return { mutates: false, route: { method: 'GET', path }, handle }
}

function write(method: 'POST' | 'PUT' | 'DELETE', path: string, handle: Handle): Operation {
  return { mutates: true, route: { method, path }, handle }
}
