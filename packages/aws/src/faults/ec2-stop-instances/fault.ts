import type { DriverContext, FaultDriver, Outcome, UndoPlan } from '@firedrill/core'
import type { AwsClients } from '../../aws-clients.ts'
import type { Aws, Purpose } from '../../client.ts'
import { applyStep } from './apply.ts'
import { captureSchema, readCapture, type Capture } from './capture.ts'
import { confirmRecoveredStep } from './confirm-recovered.ts'
import { confirmStep } from './confirm.ts'
import { parameters } from './parameters.ts'
import { planStep } from './plan.ts'
import { recoverStep } from './recover.ts'
import { undoCommands } from './undo-commands.ts'

const NAME = 'ec2-stop-instances'
const VERSION = 1

/**
 * Stops EC2 instances by an FIS experiment that starts them again at the end of the step's duration, or as soon as it is
 * stopped. FIS gets ARNs, so it has nothing to choose.
 */
export function createEc2StopInstances(clients: AwsClients): FaultDriver {
  const onCapture = async <T>(
    undo: UndoPlan,
    { environment }: DriverContext,
    purpose: Purpose,
    act: (aws: Aws, capture: Capture) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> => {
    const capture = readCapture(undo.capture)
    if (!capture.ok) return capture
    const aws = clients.inRegion(environment, capture.value.region, purpose)
    return aws.ok ? act(aws.value, capture.value) : aws
  }
  return {
    name: NAME,
    version: VERSION,
    title: 'Stop EC2 instances',
    restoration: 'equivalent',
    fencing: 'idempotent-key',
    expiry: 'native',
    obeysLever: true,
    parameters,
    async plan(step, seed, { environment, signal }) {
      const observe = (region: string) => clients.get({ environment, region, purpose: 'observe' })
      const aws = observe(step.targets.region)
      return aws.ok ? planStep(aws.value, step, seed, environment, observe, signal) : aws
    },
    undo(step, plan, key, environment) {
      return {
        fault: NAME,
        faultVersion: VERSION,
        targets: plan.targets,
        restoration: 'equivalent',
        capture: plan.capture,
        key,
        commands: undoCommands(captureSchema.parse(plan.capture), key, environment),
      }
    },
    async apply(step, plan, key, { environment, signal }) {
      const aws = clients.get({ environment, region: step.targets.region, purpose: 'inject' })
      return aws.ok ? applyStep(aws.value, step, plan, key, environment, signal) : aws
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
    async confirmRecovered(undo, context) {
      return onCapture(undo, context, 'restore', async (aws, capture) =>
        confirmRecoveredStep(aws, capture, undo, context.signal),
      )
    },
  }
}
