import type { FaultCatalogue, FaultDriver } from '@firedrill/core'
import type { AwsClients } from './aws-clients.ts'
import { createArcZonalShift } from './faults/arc-zonal-shift/fault.ts'
import { createAutoScalingSetCapacity } from './faults/autoscaling-set-capacity/fault.ts'
import { createAzPowerInterruption } from './faults/az-power-interruption/fault.ts'
import { createEc2InterruptSpotInstances } from './faults/ec2-interrupt-spot-instances/fault.ts'
import { createEc2RebootInstances } from './faults/ec2-reboot-instances/fault.ts'
import { createEc2StopInstances } from './faults/ec2-stop-instances/fault.ts'
import { createEc2TerminateInstances } from './faults/ec2-terminate-instances/fault.ts'
import { createRoute53RemoveRecord } from './faults/route53-remove-record/fault.ts'
import { createRoute53ShadowName } from './faults/route53-shadow-name/fault.ts'
import { createRoute53ShiftTraffic } from './faults/route53-shift-traffic/fault.ts'

/** Every fault of this room, one line each. Each has a page in docs/faults. */
const FAULTS: readonly ((clients: AwsClients) => FaultDriver)[] = [
  createArcZonalShift,
  createAutoScalingSetCapacity,
  createAzPowerInterruption,
  createEc2InterruptSpotInstances,
  createEc2RebootInstances,
  createEc2StopInstances,
  createEc2TerminateInstances,
  createRoute53RemoveRecord,
  createRoute53ShadowName,
  createRoute53ShiftTraffic,
]

/** The faults of the AWS room by name. */
export function createFaultCatalogue(clients: AwsClients): FaultCatalogue {
  const drivers = FAULTS.map((create) => create(clients))
  const byName = new Map(drivers.map((driver) => [driver.name, driver]))
  return { get: (name) => byName.get(name), list: () => drivers }
}
