import type { Applied, FaultDriver, Outcome, Recovered, Seen, TargetSeen, UndoPlan } from '@firedrill/core'
import type { AwsClients } from '../../aws-clients.ts'
import { onCaptureOf, readCaptureAs } from '../../captured.ts'
import { failed, success } from '../../call.ts'
import type { Aws } from '../../client.ts'
import { cliPlace } from '../../endpoints.ts'
import { activeShifts, cancelShift, startShift, type SeenShift } from '../../zonal-shift/shifts.ts'
import { keyToken } from '../key-token.ts'
import { shellLine } from '../shell.ts'
import { parameters } from './parameters.ts'
import { captureSchema, labelOf, NAME, planStep, type Capture } from './plan.ts'

const VERSION = 1

/**
 * Shifts traffic of load balancers away from one Availability Zone, as people do when a zone misbehaves: a response that a drill
 * carries out as a step. The shift expires by itself, and is found again by its comment.
 */
export function createArcZonalShift(clients: AwsClients): FaultDriver {
  const onCapture = onCaptureOf(
    (stored) => readCaptureAs(captureSchema, stored),
    ({ region }, environment, purpose) => clients.inRegion(environment, region, purpose),
  )
  return {
    name: NAME,
    version: VERSION,
    title: 'Shift traffic away from an Availability Zone',
    restoration: 'exact',
    fencing: 'queryable',
    expiry: 'native',
    parameters,
    async plan(step, _seed, { environment, signal }) {
      const observe = (region: string) => clients.get({ environment, region, purpose: 'observe' })
      const aws = observe(step.targets.region)
      return aws.ok ? planStep({ aws: aws.value, environment, observe, signal }, step) : aws
    },
    undo(_step, plan, key, environment) {
      const { region } = captureSchema.parse(plan.capture)
      const place = cliPlace(environment, region)
      const query = `items[?comment==\`"${keyToken(key)}"\`].zonalShiftId`
      const list = ['list-zonal-shifts', ...place, '--status', 'ACTIVE', '--query', query, '--output', 'text']
      const cancel = shellLine(['aws', NAME, 'cancel-zonal-shift', ...place, '--zonal-shift-id'])
      return {
        fault: NAME,
        faultVersion: VERSION,
        targets: plan.targets,
        restoration: 'exact',
        capture: plan.capture,
        key,
        commands: [`for id in $(${shellLine(['aws', NAME, ...list])}); do ${cancel} "$id"; done`],
      }
    },
    async apply(_step, plan, key, context) {
      return onCapture(plan, context, 'inject', async (aws, capture) =>
        startShifts(aws, capture, keyToken(key), context.signal),
      )
    },
    async confirm(undo, context) {
      return onCapture(undo, context, 'observe', async (aws, capture) =>
        look(aws, capture, undo, judgeIn, context.signal),
      )
    },
    async recover(undo, context) {
      return onCapture(undo, context, 'restore', async (aws) => cancelShifts(aws, undo, context.signal))
    },
    async confirmRecovered(undo, context) {
      return onCapture(undo, context, 'restore', async (aws, capture) =>
        look(aws, capture, undo, judgeOut, context.signal),
      )
    },
  }
}

/** Starts what is not there yet. A shift has no client token, so what is there is asked first, and another one is never touched. */
async function startShifts(
  aws: Aws,
  { resources, zoneId, minutes }: Capture,
  comment: string,
  signal: AbortSignal,
): Promise<Outcome<Applied>> {
  const before = await activeShifts(aws, signal)
  if (!before.ok) return before
  const requestIds: string[] = []
  for (const resource of resources) {
    const there = before.value.find((shift) => shift.resource === resource)
    if (there?.comment === comment) continue
    if (there !== undefined)
      return failed('conflict', 'arc-zonal-shift.StartZonalShift', 'AlreadyShifted', wordsOf(there))
    const started = await startShift(aws, { resource, awayFrom: zoneId, comment, minutes }, signal)
    if (!started.ok) return started
    requestIds.push(...started.value.requestIds)
  }
  return success({ handle: comment, requestIds })
}

async function cancelShifts(aws: Aws, undo: UndoPlan, signal: AbortSignal): Promise<Outcome<Recovered>> {
  const shifts = await activeShifts(aws, signal)
  if (!shifts.ok) return shifts
  const { left = [], untouched = [], overwrite = [] } = undo.decided ?? {}
  const alone = new Set([...left, ...untouched])
  const ours = shifts.value.filter(
    ({ comment, resource }) =>
      (comment === keyToken(undo.key) || overwrite.includes(resource)) && !alone.has(resource),
  )
  const answers: Outcome<Recovered>[] = []
  for (const { id } of ours) answers.push(await cancelShift(aws, id, signal))
  const failure = answers.find((answer) => !answer.ok)
  if (failure !== undefined) return failure
  return success({ requestIds: answers.flatMap((answer) => (answer.ok ? answer.value.requestIds : [])) })
}

/** `isAccepted`: the service has answered that it shifts. */
type Judge = (
  target: string,
  shift: SeenShift | undefined,
  about: Readonly<{ isOurs: boolean; isAccepted: boolean }>,
) => TargetSeen

async function look(
  aws: Aws,
  { resources }: Capture,
  undo: UndoPlan,
  judge: Judge,
  signal: AbortSignal,
): Promise<Outcome<Seen>> {
  const shifts = await activeShifts(aws, signal)
  if (!shifts.ok) return shifts
  const comment = keyToken(undo.key)
  const ours = shifts.value.filter((shift) => shift.comment === comment)
  const observations = resources.map((resource) => {
    const shift = shifts.value.find((one) => one.resource === resource)
    return judge(resource, shift, {
      isOurs: shift?.comment === comment,
      isAccepted: undo.handle !== undefined,
    })
  })
  const [first] = ours.toSorted((a, b) => a.startedAt - b.startedAt)
  return success({
    observations,
    ...(first === undefined ? {} : { actedAt: first.startedAt }),
    ...(first === undefined || undo.handle !== undefined ? {} : { handle: comment }),
  })
}

const judgeIn: Judge = (target, shift, { isOurs, isAccepted }) => {
  // What was accepted may not be listed yet; only what never was can be called never put in.
  if (shift === undefined)
    return isAccepted
      ? { target, injection: 'unknown', seen: 'a shift was accepted, and none is active' }
      : { target, injection: 'failed-to-inject', seen: 'no shift is active' }
  return isOurs
    ? { target, injection: 'injected', seen: wordsOf(shift) }
    : { target, injection: 'unknown', seen: `${wordsOf(shift)}, but not by us` }
}

const judgeOut: Judge = (target, shift, { isOurs }) => {
  if (shift === undefined) return { target, injection: 'restored', seen: 'no shift is active, as before' }
  if (isOurs) return { target, injection: 'injected', seen: wordsOf(shift) }
  const foreign = { captured: 'no shift', ours: 'a shift of this run', now: wordsOf(shift) }
  return { target, injection: 'unknown', seen: `${wordsOf(shift)}, by somebody else`, foreign }
}

function wordsOf({ resource, awayFrom, id }: SeenShift): string {
  return `traffic of ${labelOf(resource)} is shifted away from ${awayFrom} by ${id}`
}
