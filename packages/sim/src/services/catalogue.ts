import type { World } from '../world/world.ts'
import type { AwsService } from '../wire/service.ts'
import { createZonalShift } from './arc/zonal-shift.ts'
import { createAutoScaling } from './autoscaling/autoscaling.ts'
import { createCloudWatch } from './cloudwatch/cloudwatch.ts'
import { createEc2 } from './ec2/ec2.ts'
import { createElbv2 } from './elbv2/elbv2.ts'
import { createFis } from './fis/fis.ts'
import { createRoute53 } from './route53/route53.ts'
import { createScheduler } from './scheduler/scheduler.ts'
import { createSts } from './sts/sts.ts'

/** Every service of one world. Services with events of their own register them here, before the clock moves. */
export function createServices(world: World, platformNowMs: () => number): readonly AwsService[] {
  const services = [
    createEc2(),
    createElbv2(),
    createAutoScaling(),
    createZonalShift(),
    createRoute53(world),
    createFis(world),
    createCloudWatch(),
    createSts(platformNowMs),
  ]
  return [...services, createScheduler(world, services, platformNowMs)]
}
