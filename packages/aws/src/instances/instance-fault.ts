import type { FaultDriver, Outcome, Recovered } from '@firedrill/core'
import type { z } from 'zod'
import type { AwsClients } from '../aws-clients.ts'
import { onCaptureOf } from '../captured.ts'
import { failed } from '../call.ts'
import { startExperiment } from '../fis/start-experiment.ts'
import { captureSchema, readCapture } from './capture.ts'
import { confirmStep } from './confirm.ts'
import { confirmRecoveredStep } from './confirm-recovered.ts'
import type { InstanceKind } from './instance-kind.ts'
import type { instanceParameters } from './parameters.ts'
import { planStep, requestOf } from './plan.ts'

/** How many steps are undone by one call: few enough that each gets its answer within the time for one act. */
const TOGETHER_MAX = 10

type Shared = z.output<z.ZodObject<typeof instanceParameters>>

/**
 * A fault that an FIS experiment does to instances that Firedrill chose: FIS gets ARNs, so it has nothing to choose. Each
 * comes back as it was or is made up for by its group, which is `equivalent`; told by healthy targets, not by the
 * state of instances alone.
 */
export function createInstanceFault<P extends Shared & Record<string, string | number | boolean>>(
  clients: AwsClients,
  kind: InstanceKind<P>,
): FaultDriver {
  const { takeOutTogether } = kind
  const onCapture = onCaptureOf(readCapture, ({ region }, environment, purpose) =>
    clients.inRegion(environment, region, purpose),
  )
  return {
    name: kind.name,
    version: kind.version,
    title: kind.title,
    restoration: 'equivalent',
    fencing: 'idempotent-key',
    expiry: kind.expiry,
    obeysLever: true,
    isMadeUpFor: true,
    parameters: kind.parameters,
    async plan(step, seed, { environment, signal }) {
      const observe = (region: string) => clients.get({ environment, region, purpose: 'observe' })
      const aws = observe(step.targets.region)
      return aws.ok ? planStep({ aws: aws.value, kind, environment, observe, signal }, step, seed) : aws
    },
    undo(step, plan, key, environment) {
      return {
        fault: kind.name,
        faultVersion: kind.version,
        targets: plan.targets,
        restoration: 'equivalent',
        capture: plan.capture,
        key,
        commands: kind.undoCommands(captureSchema.parse(plan.capture), key, environment),
      }
    },
    async apply(step, plan, key, { environment, signal }) {
      const aws = clients.get({ environment, region: step.targets.region, purpose: 'inject' })
      if (!aws.ok) return aws
      const capture = readCapture(plan.capture)
      if (!capture.ok) return capture
      const request = requestOf(kind, step, capture.value, key, environment)
      return request.ok ? startExperiment(aws.value, request.value, plan.targets, key, signal) : request
    },
    async confirm(undo, context) {
      return onCapture(undo, context, 'observe', async (aws, capture) =>
        confirmStep(aws, kind.judge, capture, undo, context.signal),
      )
    },
    async recover(undo, context) {
      return onCapture(undo, context, 'restore', async (aws, capture) =>
        kind.takeOut(aws, capture, undo, context.signal),
      )
    },
    ...(takeOutTogether === undefined ? {} : { together: togetherOf(clients, kind.name, takeOutTogether) }),
    async confirmRecovered(undo, context) {
      return onCapture(undo, context, 'restore', async (aws, capture) =>
        confirmRecoveredStep(aws, kind, capture, undo, context.signal),
      )
    },
  }
}

/** The undo of steps that lie in one Region. A capture that cannot be read fails its own step alone. */
function togetherOf(
  clients: AwsClients,
  name: string,
  takeOut: NonNullable<InstanceKind['takeOutTogether']>,
): NonNullable<FaultDriver['together']> {
  return {
    key: ({ capture }) => {
      const read = readCapture(capture)
      return read.ok ? read.value.region : 'unreadable'
    },
    most: TOGETHER_MAX,
    async recover(undos, { environment, signal }) {
      const read = undos.map((undo) => ({ undo, capture: readCapture(undo.capture) }))
      const region = read.flatMap(({ undo, capture }) =>
        capture.ok ? [{ undo, capture: capture.value }] : [],
      )
      const [first] = region
      const aws = first && clients.inRegion(environment, first.capture.region, 'restore')
      const done = aws?.ok === true ? await takeOut(aws.value, region, signal) : []
      return read.map(({ undo, capture }): Outcome<Recovered> => {
        if (!capture.ok) return capture
        if (aws?.ok === false) return aws
        const answer = done[region.findIndex((one) => one.undo === undo)]
        return answer ?? failed('unexpected', `${name}.recover`, 'NoAnswer', 'nothing was undone')
      })
    },
  }
}
