import type { DriverContext, FaultDriver } from '@firedrill/core'
import type { AwsClients } from '../../aws-clients.ts'
import { onCaptureOf } from '../../captured.ts'
import type { Purpose } from '../../client.ts'
import { createSchedulerDeadMan } from '../../scheduler/dead-man.ts'
import { applyStep, confirmStep } from './apply.ts'
import { captureSchema, readCapture } from './capture.ts'
import { parameters, planStep } from './plan.ts'
import { confirmRecoveredStep, recoverStep } from './recover.ts'
import { scheduledUndo, undoCommands } from './undo-calls.ts'

const NAME = 'route53-shift-traffic'
const VERSION = 1

/**
 * Moves a share of the traffic of one weighted variant of a name to the others: a step of an evacuation. Several with rising
 * percentages shift it little by little, each undone to where the one before it left off. Every call goes to Route 53, whose
 * control plane is in us-east-1, and none to the Region that is evacuated.
 */
export function createRoute53ShiftTraffic(clients: AwsClients): FaultDriver {
  const at = ({ environment }: Pick<DriverContext, 'environment'>, purpose: Purpose) =>
    clients.get({ environment, region: environment.homeRegion, purpose })
  const onCapture = onCaptureOf(readCapture, (_, environment, purpose) => at({ environment }, purpose))
  return {
    name: NAME,
    version: VERSION,
    title: 'Shift traffic by DNS weights',
    restoration: 'exact',
    fencing: 'queryable',
    expiry: 'dead-man',
    parameters,
    async plan(step, _seed, context) {
      const aws = at(context, 'observe')
      return aws.ok ? planStep(aws.value, step, context.environment, context.signal) : aws
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
    async apply(_step, plan, key, context) {
      const aws = at(context, 'inject')
      return aws.ok ? applyStep(aws.value, plan, key, context.signal) : aws
    },
    async confirm(undo, context) {
      return onCapture(undo, context, 'observe', async (aws, capture) =>
        confirmStep(aws, capture, undo, context.signal),
      )
    },
    async recover(undo, context) {
      return onCapture(undo, context, 'restore', async (aws, capture) =>
        recoverStep(aws, capture, undo, context.signal),
      )
    },
    deadMan: createSchedulerDeadMan(clients, scheduledUndo),
    async confirmRecovered(undo, context) {
      return onCapture(undo, context, 'restore', async (aws, capture) =>
        confirmRecoveredStep(aws, capture, undo, context.signal),
      )
    },
  }
}
