import { SECOND, type Micros } from '../../world/model.ts'
import type { Table } from '../../world/store.ts'
import type { World } from '../../world/world.ts'
import { AwsFault } from '../../wire/aws-fault.ts'
import type { AwsService, Caller } from '../../wire/service.ts'
import { scheduleKey, type Schedule, type ScheduleTarget } from './scheduler-model.ts'
import { readTargetInput, universalTarget } from './universal-targets.ts'

/** One invocation that is due, or due again. It keeps its own copy of the target: deleting a schedule stops no retry. */
type Invocation = {
  readonly region: string
  readonly group: string
  readonly name: string
  readonly edition: number
  readonly target: ScheduleTarget
  readonly firstAt: Micros
  readonly attempt: number
}

/** A schedule is invoked within the minute that follows its instant. */
const PRECISION_SECONDS = 60
const LONGEST_BACK_OFF_SECONDS = 300
const USER_AGENT = 'Amazon EventBridge Scheduler'

/** Carries out what schedules ask for: their operations are those of the world's own services, made as the schedule's role. */
export class Invocations {
  readonly #world: World
  readonly #schedules: Table<Schedule>
  readonly #services: readonly AwsService[]
  readonly #platformNowMs: () => number
  readonly #due: (at: Micros, data: { key: string; edition: number }) => string
  readonly #again: (at: Micros, data: Invocation) => string

  constructor(
    world: World,
    schedules: Table<Schedule>,
    services: readonly AwsService[],
    platformNowMs: () => number,
  ) {
    this.#world = world
    this.#schedules = schedules
    this.#services = services
    this.#platformNowMs = platformNowMs
    this.#due = world.on<{ key: string; edition: number }>('scheduler.due', (data) => this.#fire(data))
    this.#again = world.on<Invocation>('scheduler.again', (data) => this.#invoke(data))
  }

  /** Has a schedule invoked at its time. One whose time has passed is kept and never invoked. */
  plan(schedule: Schedule): void {
    const { at, state, edition } = schedule
    if (state === 'DISABLED' || at < this.#world.now()) return
    const late = this.#world.kernel.drawSeconds('scheduler', 0, PRECISION_SECONDS - 1)
    this.#due(at + late, { key: scheduleKey(schedule), edition })
  }

  #fire({ key, edition }: { readonly key: string; readonly edition: number }): void {
    const schedule = this.#schedules.get(key)
    if (schedule === undefined || schedule.edition !== edition) return
    const { region, group, name, target } = schedule
    this.#invoke({ region, group, name, edition, target, firstAt: this.#world.now(), attempt: 1 })
  }

  #invoke(invocation: Invocation): void {
    const outcome = this.#call(invocation)
    const { region, group, name, target, firstAt, attempt, edition } = invocation
    const subject = `schedule:${region}/${group}/${name}`
    const words = `${target.arn} as ${target.roleArn}`
    this.#world.kernel.transition(subject, `attempt ${attempt}`, outcome ?? 'ok', words)
    const backOff = Math.min(2 ** attempt, LONGEST_BACK_OFF_SECONDS)
    const at = this.#world.now() + this.#world.kernel.drawSeconds('scheduler', backOff / 2, backOff)
    const isTriedAgain =
      outcome !== null && attempt <= target.retriesMax && at <= firstAt + target.eventAgeMaxSeconds * SECOND
    if (isTriedAgain) return void this.#again(at, { ...invocation, attempt: attempt + 1 })
    const key = scheduleKey(invocation)
    const schedule = this.#schedules.get(key)
    if (schedule?.edition === edition && schedule.afterCompletion === 'DELETE') this.#schedules.delete(key)
  }

  /** Null when the operation took effect, else the code of its error. Every error is tried again, as on AWS. */
  #call({ region: from, target }: Invocation): string | null {
    const world = this.#world
    const { service: name, operation } = universalTarget(target.arn)
    const service = this.#services.find((one) => one.name === name)
    const region = service?.globalRegion ?? from
    const outcome = this.#answer(service, operation, region, target)
    world.calls.count(name, operation, USER_AGENT)
    world.calls.recordMutation({
      platformAt: this.#platformNowMs() * 1000,
      service: name,
      operation,
      region,
      accessKey: USER_AGENT,
      userAgent: USER_AGENT,
      token: null,
      summary: `${target.roleArn} ${target.input}`.slice(0, 400),
      outcome: outcome ?? 'ok',
    })
    return outcome
  }

  #answer(
    service: AwsService | undefined,
    operation: string,
    region: string,
    target: ScheduleTarget,
  ): string | null {
    const world = this.#world
    const caller = this.#callerOf(target)
    const met = world.adversity.decide(service?.name ?? 'scheduler', operation)
    if (met?.kind === 'throttle') return service?.throttlingFault.code ?? 'ThrottlingException'
    if (met?.kind === 'fail') return 'InternalFailure'
    if (world.places.isRegionDown(region)) return 'ServiceUnavailable'
    try {
      const input = readTargetInput(universalTarget(target.arn), target.input)
      const call = { world, region, account: world.account, requestId: 'scheduler', caller, stale: false }
      service?.operations[operation]?.handle(call, input)
      return null
    } catch (error) {
      if (error instanceof AwsFault) return error.code
      throw error
    }
  }

  #callerOf({ roleArn }: ScheduleTarget): Caller {
    const { account } = this.#world
    const role = roleArn.slice(roleArn.lastIndexOf('/') + 1)
    const arn = `arn:aws:sts::${account}:assumed-role/${role}/scheduler`
    return { accessKeyId: USER_AGENT, account, arn, userId: `${role}:scheduler` }
  }
}
