import type { DriverContext, FaultDriver, Outcome, Recovered, UndoPlan } from '@firedrill/core'
import { z } from 'zod'
import type { AwsClients } from '../../aws-clients.ts'
import { onCaptureOf } from '../../captured.ts'
import { applyStep } from './apply.ts'
import { captureSchema, readCapture } from './capture.ts'
import { confirmStep } from './confirm.ts'
import { planStep } from './plan.ts'
import { createSchedulerDeadMan } from '../../scheduler/dead-man.ts'
import { scheduledUndo } from './scheduled-undo.ts'
import { confirmRecoveredStep } from './recover.ts'
import { recoverAlone, recoverZone } from './recover-zone.ts'
import { undoCommands } from './undo-commands.ts'

const NAME = 'route53-remove-record'
const VERSION = 1

/** This fault takes no parameters: the selector says it all. */
const parameters = z.strictObject({})

/**
 * Removes the record sets of one name from a hosted zone, as the automation failure of October 2025 did, and puts back
 * exactly these. Nothing takes it out by itself: the reaper is its dead man, and EventBridge Scheduler can be.
 */
export function createRoute53RemoveRecord(clients: AwsClients): FaultDriver {
  const onCapture = onCaptureOf(readCapture, (_, environment, purpose) =>
    clients.get({ environment, region: environment.homeRegion, purpose }),
  )
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
      return onCapture(undo, context, 'restore', async (aws, capture) =>
        recoverAlone(aws, { undo, capture }, context.signal),
      )
    },
    together: {
      key: ({ capture }) => {
        const read = readCapture(capture)
        return read.ok ? read.value.zoneId : 'unreadable'
      },
      recover: (undos, context) => recoverTogether(clients, undos, context),
    },
    deadMan: createSchedulerDeadMan(clients, scheduledUndo),
    async confirmRecovered(undo, context) {
      return onCapture(undo, context, 'restore', async (aws, capture) =>
        confirmRecoveredStep(aws, capture, undo.undoHandle, context.signal),
      )
    },
  }
}

/** A capture that cannot be read fails all of them: then nobody can tell which records belong to whom. */
async function recoverTogether(
  clients: AwsClients,
  undos: readonly UndoPlan[],
  { environment, signal }: DriverContext,
): Promise<readonly Outcome<Recovered>[]> {
  const aws = clients.get({ environment, region: environment.homeRegion, purpose: 'restore' })
  if (!aws.ok) return undos.map(() => aws)
  const read = undos.map((undo) => ({ undo, capture: readCapture(undo.capture) }))
  const unread = read.flatMap(({ capture }) => (capture.ok ? [] : [capture]))[0]
  if (unread !== undefined) return undos.map(() => unread)
  const zone = read.flatMap(({ undo, capture }) => (capture.ok ? [{ undo, capture: capture.value }] : []))
  return recoverZone(aws.value, zone, signal)
}
