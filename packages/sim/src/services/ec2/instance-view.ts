import type { Instance, InstanceState } from '../../world/model.ts'
import { WireRow, WireTime, type WireStructure } from '../../wire/wire-value.ts'

const STATE_CODES: Readonly<Record<InstanceState, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
}

/** An instance state as EC2 writes it: code and name. */
export function stateView(state: InstanceState): WireStructure {
  return { code: STATE_CODES[state], name: state }
}

/** The numeric code of an instance state. */
export function stateCode(state: InstanceState): number {
  return STATE_CODES[state]
}

/** The reservation an instance belongs to: here every instance was launched alone. */
export function reservationId(instance: Instance): string {
  return instance.id.replace(/^i-/, 'r-')
}

/** Instances are replaced, never edited, so each is written once. */
const rows = new WeakMap<Instance, WireRow>()

/** One `reservationSet` item with its single instance. */
export function reservationView(instance: Instance, account: string): WireRow {
  const known = rows.get(instance)
  if (known !== undefined) return known
  const row = new WireRow({
    reservationId: reservationId(instance),
    ownerId: account,
    groupSet: [],
    instancesSet: [instanceView(instance)],
  })
  rows.set(instance, row)
  return row
}

function instanceView(instance: Instance): WireStructure {
  const isGone = instance.state === 'terminated'
  const network = isGone
    ? {}
    : {
        privateIpAddress: instance.privateIp,
        ipAddress: instance.state === 'running' ? instance.publicIp : undefined,
        subnetId: instance.subnetId,
        vpcId: instance.vpcId,
      }
  return {
    instanceId: instance.id,
    imageId: instance.imageId,
    instanceState: stateView(instance.state),
    privateDnsName: isGone
      ? ''
      : `ip-${instance.privateIp.replaceAll('.', '-')}.${instance.region}.compute.internal`,
    dnsName: '',
    reason: instance.stateReason === null ? '' : userInitiatedReason(instance),
    amiLaunchIndex: 0,
    productCodes: [],
    instanceType: instance.instanceType,
    instanceLifecycle: instance.isSpot === true ? 'spot' : undefined,
    spotInstanceRequestId:
      instance.isSpot === true ? instance.id.replace(/^i-0(.{8}).*$/, 'sir-$1') : undefined,
    launchTime: new WireTime(instance.launchedAt),
    placement: {
      availabilityZone: instance.az,
      availabilityZoneId: instance.azId,
      groupName: '',
      tenancy: 'default',
    },
    monitoring: { state: 'enabled' },
    ...network,
    sourceDestCheck: isGone ? undefined : true,
    groupSet: [],
    stateReason: instance.stateReason === null ? undefined : { ...instance.stateReason },
    architecture: 'x86_64',
    rootDeviceType: 'ebs',
    rootDeviceName: '/dev/xvda',
    blockDeviceMapping: isGone
      ? []
      : [
          diskView('/dev/xvda', instance.id.replace(/^i-./, 'vol-0'), instance, true),
          diskView('/dev/sdf', instance.id.replace(/^i-./, 'vol-1'), instance, false),
        ],
    virtualizationType: 'hvm',
    tagSet: tagsView(instance.tags),
    hypervisor: 'xen',
    networkInterfaceSet: [],
    ebsOptimized: true,
    enaSupport: true,
  }
}

/** The free-text reason beside a user-made state change, with the time in EC2's own format. */
function userInitiatedReason(instance: Instance): string {
  const time = new Date(instance.stateChangedAt / 1000).toISOString().replace('T', ' ').slice(0, 19)
  return `User initiated (${time} GMT)`
}

/** Tags as a `tagSet`, sorted by key. */
export function tagsView(tags: Readonly<Record<string, string>>): readonly WireStructure[] {
  return Object.entries(tags)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, value]) => ({ key, value }))
}

/** The disk that it boots from and the one that its data is on. */
function diskView(
  deviceName: string,
  volumeId: string,
  { launchedAt }: Instance,
  deleteOnTermination: boolean,
): WireStructure {
  const ebs = { volumeId, status: 'attached', attachTime: new WireTime(launchedAt), deleteOnTermination }
  return { deviceName, ebs }
}
