import {
  DEAD_MAN_APART_MS,
  DEAD_MAN_TRY_MS,
  deadManEndsAt,
  deadManFiresAt,
  deadManOverAt,
  INJECT_POLICY,
  isDeadManReady,
  isPuttingIn,
  worldInstant,
  type Failure,
  type FaultDriver,
  type InjectStep,
  type UndoPlan,
  type WorldInstant,
} from '@firedrill/core'
import { ACT_TIMEOUT_MS, callOut } from '../call-out.ts'
import { failureEvent } from '../failures.ts'
import type { EnginePorts } from '../ports.ts'
import type { Tenure } from '../tenure.ts'

type Ports = Pick<EnginePorts, 'calls' | 'random' | 'crash'>

/** What is armed: the step, how it is undone, and when its fault would expire if it were put in at this moment. */
export type ArmInput = Readonly<{
  step: InjectStep
  driver: FaultDriver
  undo: UndoPlan
  expiresAt: () => WorldInstant
  /** Asked right before the call. */
  mayAct: () => Promise<boolean>
}>

/** `ready`: the act may follow at once. `refused`: it never may, for the reason given. */
export type Armed = Readonly<{ now: 'ready' | 'went-on' | 'stopped' } | { now: 'refused'; why: string }>

/**
 * Has a scheduler of the cloud take the fault out after its expiry, where the environment demands one. Intent before the
 * call, its names in the journal, and described afterwards: nothing is put in before that. One that was told too early an
 * instant, because the act was long in coming, is told a later one.
 */
export async function armDeadMan(
  tenure: Tenure,
  { step, driver, undo, expiresAt, mayAct }: ArmInput,
  ports: Ports,
  signal: AbortSignal,
): Promise<Armed> {
  if (driver.expiry !== 'dead-man' || tenure.environment.deadMan !== 'aws-scheduler') return { now: 'ready' }
  if (driver.leftBehind !== undefined) return { now: 'ready' }
  const known = tenure.state.steps[step.name]
  if (known !== undefined && isDeadManReady(known, expiresAt())) return { now: 'ready' }
  if (driver.deadMan === undefined)
    return { now: 'refused', why: `no scheduler can take ${driver.name} out by itself` }
  const booking = driver.deadMan.book(undo, tenure.environment)
  if (!booking.ok) return { now: 'refused', why: booking.why }
  if (!(await mayAct())) return { now: 'stopped' }
  const firesAt = deadManFiresAt(expiresAt())
  const asked = await tenure.recordIf(
    ({ status, steps }) => isPuttingIn(status) && steps[step.name]?.acknowledged === true,
    () => [{ type: 'dead-man-asked', data: { step: step.name, schedules: [...booking.schedules], firesAt } }],
  )
  if (!asked.done) return { now: 'went-on' }
  await ports.crash(`inject:${step.name}:before-arm`)
  const { arm } = driver.deadMan
  const order = {
    firesAt,
    apartMs: DEAD_MAN_APART_MS,
    tryForMs: DEAD_MAN_TRY_MS,
    about: `run ${tenure.number} (${tenure.id}), step ${step.name}`,
  }
  const site = {
    operation: `${step.fault}.arm`,
    timeoutMs: ACT_TIMEOUT_MS,
    isAct: true,
    mayGoOn: tenure.holds,
  }
  const outcome = await callOut(ports.calls, site, signal, (ends) =>
    arm(undo, order, { environment: tenure.environment, signal: ends }),
  )
  await ports.crash(`inject:${step.name}:after-arm`)
  if (!outcome.ok) {
    await recordFailure(tenure, step.name, 'arm', outcome.failure, ports)
    return { now: 'went-on' }
  }
  const { seen } = outcome.value
  await tenure.record([{ type: 'dead-man-armed', data: { step: step.name, seen } }])
  const armed = tenure.state.steps[step.name]
  return { now: armed !== undefined && isDeadManReady(armed, expiresAt()) ? 'ready' : 'went-on' }
}

/**
 * Calls a step's dead man off, once what it was for is settled or was never put in. One that cannot be called off is
 * written down as that, with the instant until which it may act; it changes nothing where nothing is broken.
 */
export async function releaseDeadMan(
  tenure: Tenure,
  step: string,
  ports: Ports & Pick<EnginePorts, 'faults' | 'undo'>,
  signal: AbortSignal,
): Promise<'went-on' | 'stopped'> {
  const known = tenure.state.steps[step]?.deadMan
  if (known === undefined) return 'went-on'
  const stored = await ports.undo.get(tenure.id, step)
  const release = stored === undefined ? undefined : ports.faults.get(stored.plan.fault)?.deadMan?.release
  const left = async (seen: string): Promise<void> =>
    tenure.record([
      { type: 'dead-man-released', data: { step, seen, isGone: false, until: deadManEndsAt(known) } },
    ])
  if (stored === undefined || release === undefined) {
    await left('it cannot be called off: its undo plan or its fault is not there any more')
    return 'went-on'
  }
  if ((await tenure.mayAct('recover')) !== 'go') return 'stopped'
  await ports.crash(`release:${step}:before-act`)
  const site = { operation: `${stored.plan.fault}.release`, timeoutMs: ACT_TIMEOUT_MS, isAct: true }
  const outcome = await callOut(ports.calls, site, signal, (ends) =>
    release(stored.plan, { environment: tenure.environment, signal: ends }),
  )
  await ports.crash(`release:${step}:after-act`)
  if (!outcome.ok) {
    const { code, message } = outcome.failure
    if (await recordFailure(tenure, step, 'release', outcome.failure, ports))
      await left(`it could not be called off: ${code} ${message}`)
    return 'went-on'
  }
  const until = deadManOverAt(known, worldInstant(tenure.worldNow()))
  const { seen } = outcome.value
  await tenure.record([
    {
      type: 'dead-man-released',
      data: { step, seen, isGone: true, ...(until === undefined ? {} : { until }) },
    },
  ])
  return 'went-on'
}

/** Answers whether it is the end of trying. */
async function recordFailure(
  tenure: Tenure,
  step: string,
  act: 'arm' | 'release',
  failure: Failure,
  ports: Pick<Ports, 'random'>,
): Promise<boolean> {
  const attempt = (tenure.state.steps[step]?.deadMan?.failures ?? 0) + 1
  const { event, givesUp } = failureEvent(tenure, failure, INJECT_POLICY, ports.random.next(), {
    step,
    act,
    attempt,
  })
  await tenure.record([event])
  return givesUp
}
