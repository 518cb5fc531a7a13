import type { DriverContext, FaultDriver, Outcome, UndoPlan } from '@firedrill/core'
import { z } from 'zod'
import type { AwsClients } from '../../aws-clients.ts'
import { success } from '../../call.ts'
import type { Aws, Purpose } from '../../client.ts'
import { applyStep } from './apply.ts'
import { captureSchema, readCapture, type Capture } from './capture.ts'
import { confirmStep } from './confirm.ts'
import { planStep } from './plan.ts'
import { confirmRecoveredStep, recoverStep } from './recover.ts'
import { undoCommands } from './undo-commands.ts'

const NAME = 'route53-remove-record'
const VERSION = 1

/** This fault takes no parameters: the selector says it all. */
const parameters = z.strictObject({})

/**
 * Removes the record sets of one name from a hosted zone, as the automation failure of October 2025 did, and puts back
 * exactly these. Nothing takes it out by itself: the reaper is its dead man.
 */
export function createRoute53RemoveRecord(clients: AwsClients): FaultDriver {
  const onCapture = async <T>(
    undo: UndoPlan,
    { environment }: DriverContext,
    purpose: Purpose,
    act: (aws: Aws, capture: Capture) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> => {
    const capture = readCapture(undo.capture)
    if (!capture.ok) return capture
    const aws = clients.get({ environment, region: environment.homeRegion, purpose })
    return aws.ok ? act(aws.value, capture.value) : aws
  }
  return {
    name: NAME,
    version: VERSION,
    title: 'Remove a DNS record',
    restoration: 'exact',
    fencing: 'queryable',
    expiry: 'dead-man',
    parameters,
    async plan(step, seed, { environment, signal }) {
      const aws = clients.get({ environment, region: step.targets.region, purpose: 'observe' })
      return aws.ok ? planStep(aws.value, step, seed, environment, signal) : aws
    },
    undo(_step, plan, key, environment) {
      return {
        fault: NAME,
        faultVersion: VERSION,
        targets: plan.targets,
        restoration: 'exact',
        capture: plan.capture,
        key,
        commands: undoCommands(captureSchema.parse(plan.capture), key, environment),
      }
    },
    async apply(_step, plan, key, { environment, signal }) {
      const aws = clients.get({ environment, region: environment.homeRegion, purpose: 'inject' })
      return aws.ok ? applyStep(aws.value, plan, key, signal) : aws
    },
    async confirm(undo, context) {
      return onCapture(undo, context, 'observe', async (aws, capture) =>
        confirmStep(aws, capture, undo, context.signal),
      )
    },
    async recover(undo, context) {
      return onCapture(undo, context, 'restore', async (aws, capture) => {
        const done = await recoverStep(aws, capture, undo, context.signal)
        if (!done.ok) return done
        const { requestIds, changeId } = done.value
        return success(changeId === undefined ? { requestIds } : { requestIds, undoHandle: changeId })
      })
    },
    async confirmRecovered(undo, context) {
      return onCapture(undo, context, 'restore', async (aws, capture) =>
        confirmRecoveredStep(aws, capture, undo.undoHandle, context.signal),
      )
    },
  }
}
