import type { LoadBalancer, Micros } from '../../world/model.ts'
import { SHIFT_STATES, type ZonalShift } from '../../world/zonal-shifts.ts'
import { AwsFault } from '../../wire/aws-fault.ts'
import { InputReader, type InputFaults } from '../../wire/input-reader.ts'
import type { AwsService, Call, Operation } from '../../wire/service.ts'
import { WireTime, type WireInput, type WireStructure } from '../../wire/wire-value.ts'
import { subnetsOf } from '../ec2/subnets.ts'

const validation = (message: string): AwsFault =>
  new AwsFault({ code: 'ValidationException', message, status: 400 })

const FAULTS: InputFaults = {
  missing: (member) => validation(`${member} is required.`),
  invalid: (member, value) => validation(`${String(value)} is not valid for ${member}.`),
}

const COMMENT_MAX = 128
const PAGE_MAX = 100
const MINUTE: Micros = 60_000_000
const LONGEST: Micros = 72 * 60 * MINUTE

/**
 * Zonal shift of Application Recovery Controller, for balancers that have opted in. A shift takes the zone's node out of
 * the balancer's name and its targets out of the balancer's choice.
 */
export function createZonalShift(): AwsService {
  const path = '/zonalshifts'
  return {
    name: 'arc-zonal-shift',
    signingName: 'arc-zonal-shift',
    protocols: ['restJson1'],
    apiVersion: '2022-10-30',
    xmlNamespace: '',
    operations: {
      StartZonalShift: write('POST', path, start, 201),
      ListZonalShifts: readOnly(path, list),
      CancelZonalShift: write('DELETE', `${path}/{zonalShiftId}`, cancel),
      ListManagedResources: readOnly('/managedresources', listManaged),
    },
    throttlingFault: { code: 'ThrottlingException', message: 'Rate exceeded', status: 429 },
    buckets: (operation) => [{ bucket: operation, limit: { burst: 10, refillPerSecond: 2 }, tokens: 1 }],
  }
}

function readOnly(path: string, handle: Operation['handle']): Operation {
  return { mutates: false, route: { method: 'GET', path }, handle }
}

function write(
  method: 'POST' | 'DELETE',
  path: string,
  handle: Operation['handle'],
  status = 200,
): Operation {
  return { mutates: true, route: { method, path, status }, handle }
}

function start(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, FAULTS)
  const balancer = managed(call, reader.requiredText('resourceIdentifier'))
  const azId = reader.requiredText('awayFrom')
  const comment = commentOf(reader.requiredText('comment'))
  const expiresAt = call.world.now() + lifetimeOf(reader.requiredText('expiresIn'))
  const az = subnetsOf(call.world, call.region).find((subnet) => subnet.azId === azId)?.az
  if (az === undefined || !balancer.nodes.some((node) => node.az === az))
    throw validation(`The resource has no Availability Zone ${azId}.`)
  if (call.world.zonalShifts.activeOf(balancer) !== undefined)
    throw conflict('ZonalShiftAlreadyExists', 'There is already an active zonal shift for that resource.')
  const about = { region: call.region, balancerArn: balancer.arn, az, azId, comment, expiresAt }
  return shiftView(
    call.world.zonalShifts.start(about, `arc-zonal-shift:StartZonalShift by ${call.caller.arn}`),
  )
}

function list(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, FAULTS)
  const state = reader.choice('status', SHIFT_STATES)
  const resource = reader.text('resourceIdentifier')
  const all = [...call.world.zonalShifts.rows.values()].filter(
    (row) =>
      row.region === call.region &&
      (state === undefined || row.state === state) &&
      (resource === undefined || row.balancerArn === resource),
  )
  const { items, nextToken } = pageOf(all, reader)
  return { items: items.map(shiftView), nextToken }
}

function cancel(call: Call, input: WireInput): WireStructure {
  const row = active(call, new InputReader(input, FAULTS).requiredText('zonalShiftId'))
  const cause = `arc-zonal-shift:CancelZonalShift by ${call.caller.arn}`
  return shiftView(call.world.zonalShifts.cancel(row, cause))
}

function listManaged(call: Call, input: WireInput): WireStructure {
  const all = balancersOf(call).filter(({ zonalShift }) => zonalShift === true)
  const { items, nextToken } = pageOf(all, new InputReader(input, FAULTS))
  return {
    items: items.map((balancer) => ({
      arn: balancer.arn,
      name: balancer.name,
      availabilityZones: Object.keys(weightsOf(call, balancer)),
      appliedWeights: weightsOf(call, balancer),
      zonalAutoshiftStatus: 'DISABLED',
    })),
    nextToken,
  }
}

function weightsOf(call: Call, balancer: LoadBalancer): Record<string, number> {
  const shift = call.world.zonalShifts.activeOf(balancer)
  const subnets = subnetsOf(call.world, call.region)
  return Object.fromEntries(
    balancer.nodes.map(({ az }) => [
      subnets.find((one) => one.az === az)?.azId ?? az,
      az === shift?.az ? 0 : 1,
    ]),
  )
}

function balancersOf({ world, region }: Call): readonly LoadBalancer[] {
  return [...world.balancers.loadBalancers.values()].filter((balancer) => balancer.region === region)
}

function managed(call: Call, arn: string): LoadBalancer {
  const found = balancersOf(call).find((balancer) => balancer.arn === arn && balancer.zonalShift === true)
  if (found === undefined) throw notFound('The resource is not managed by zonal shift.')
  return found
}

function active(call: Call, id: string): ZonalShift {
  const row = call.world.zonalShifts.rows.get(id)
  if (row === undefined || row.region !== call.region) throw notFound('The zonal shift does not exist.')
  if (row.state !== 'ACTIVE') throw conflict('ZonalShiftStatusNotActive', 'The zonal shift is not active.')
  return row
}

function commentOf(comment: string): string {
  if (comment.length > COMMENT_MAX) throw validation(`comment has more than ${COMMENT_MAX} characters.`)
  return comment
}

/** `1m` to `72h`. */
function lifetimeOf(text: string): Micros {
  const [, amount = '0', unit] = /^([1-9]\d{0,3})([mh])$/.exec(text) ?? []
  const lifetime = Number(amount) * (unit === 'h' ? 60 : 1) * MINUTE
  if (lifetime < MINUTE || lifetime > LONGEST) throw validation(`${text} is not valid for expiresIn.`)
  return lifetime
}

function shiftView(shift: ZonalShift): WireStructure {
  return {
    zonalShiftId: shift.id,
    resourceIdentifier: shift.balancerArn,
    awayFrom: shift.azId,
    comment: shift.comment,
    startTime: new WireTime(shift.startedAt),
    expiryTime: new WireTime(shift.expiresAt),
    status: shift.state,
    shiftType: 'ZONAL_SHIFT',
  }
}

function pageOf<T>(
  all: readonly T[],
  reader: InputReader,
): { readonly items: readonly T[]; readonly nextToken: string | undefined } {
  const size = reader.integer('maxResults', 1, PAGE_MAX) ?? PAGE_MAX
  const from = Number(reader.text('nextToken') ?? 0)
  if (!Number.isInteger(from) || from < 0) throw validation('nextToken is not valid.')
  const end = from + size
  return { items: all.slice(from, end), nextToken: end < all.length ? String(end) : undefined }
}

function notFound(message: string): AwsFault {
  return new AwsFault({ code: 'ResourceNotFoundException', message, status: 404 })
}

function conflict(reason: string, message: string): AwsFault {
  return new AwsFault({ code: 'ConflictException', message: `${message} (${reason})`, status: 409 })
}
