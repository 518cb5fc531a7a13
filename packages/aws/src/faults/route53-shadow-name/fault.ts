import type {
  Applied,
  CompiledEnvironment,
  DriverContext,
  FaultDriver,
  Json,
  Outcome,
  Recovered,
  Seen,
  TargetSeen,
  UndoPlan,
} from '@firedrill/core'
import type { AwsClients } from '../../aws-clients.ts'
import { failed, success } from '../../call.ts'
import type { Aws, Purpose } from '../../client.ts'
import { cliPlace, ROUTE53_REGION } from '../../endpoints.ts'
import { recordLabel } from '../../route53/record-set.ts'
import { keyToken } from '../key-token.ts'
import { readChange, readHandle, type ChangeState } from '../../route53/change-batch.ts'
import { inSyncByTime } from '../../route53/in-sync-by-time.ts'
import { shellLine } from '../shell.ts'
import { captureSchema, parameters, planStep, type Capture } from './plan.ts'
import {
  createZone,
  deleteZone,
  foreignRecords,
  isAssociated,
  MEMORY,
  shortenMemory,
  zonesNamed,
  type ListedZone,
} from './zone.ts'

const NAME = 'route53-shadow-name'
const VERSION = 1

/**
 * Lets a VPC lose a name that is not ours, such as that of an AWS service: an empty private zone of that name is associated with it,
 * so that its resolver finds nothing there and asks nobody else. Nothing of the name itself is touched.
 */
export function createRoute53ShadowName(clients: AwsClients): FaultDriver {
  const onCapture = async <T>(
    json: Json,
    { environment }: DriverContext,
    purpose: Purpose,
    act: (aws: Aws, capture: Capture) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> => {
    const capture = captureSchema.safeParse(json)
    if (!capture.success) return failed('invalid', 'capture.read', 'CaptureUnreadable', capture.error.message)
    // Route 53 has one control plane; which Region's clients ask it does not matter, but the lost one's are not needed.
    const aws = clients.get({ environment, region: environment.homeRegion, purpose })
    return aws.ok ? act(aws.value, capture.data) : aws
  }
  return {
    name: NAME,
    version: VERSION,
    title: 'Lose a name that others own',
    restoration: 'exact',
    fencing: 'idempotent-key',
    expiry: 'dead-man',
    reach: 'region',
    parameters,
    async plan(step, _seed, { environment, signal }) {
      const observe = (region: string) => clients.get({ environment, region, purpose: 'observe' })
      const aws = observe(step.targets.region)
      return aws.ok ? planStep({ aws: aws.value, environment, observe, signal }, step) : aws
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
      return onCapture(plan.capture, context, 'inject', async (aws, capture) =>
        applyStep(aws, capture, key, context.signal),
      )
    },
    async confirm(undo, context) {
      return onCapture(undo.capture, context, 'observe', async (aws, capture) =>
        confirmStep(aws, capture, undo, context.signal),
      )
    },
    async recover(undo, context) {
      return onCapture(undo.capture, context, 'restore', async (aws, capture) =>
        recoverStep(aws, capture, undo, context.signal),
      )
    },
    async confirmRecovered(undo, context) {
      return onCapture(undo.capture, context, 'restore', async (aws, capture) =>
        confirmRecoveredStep(aws, capture, undo, context.signal),
      )
    },
  }
}

/** The zone that this very act made, whoever asks; undefined when there is none. */
async function ours(
  aws: Aws,
  { name }: Capture,
  key: string,
  signal: AbortSignal,
): Promise<Outcome<ListedZone | undefined>> {
  const zones = await zonesNamed(aws, name, signal)
  return zones.ok ? success(zones.value.find(({ reference }) => reference === keyToken(key))) : zones
}

async function applyStep(
  aws: Aws,
  capture: Capture,
  key: string,
  signal: AbortSignal,
): Promise<Outcome<Applied>> {
  const made = await createZone(aws, capture, keyToken(key), signal)
  if (!made.ok) {
    if (made.failure.code !== 'HostedZoneAlreadyExists') return made
    const zone = await ours(aws, capture, key, signal)
    if (!zone.ok || zone.value === undefined) return made
    const isShort = await shortenMemory(aws, zone.value.id, signal)
    return success({ handle: handleOf({ zoneId: zone.value.id, changeId: '', isShort }), requestIds: [] })
  }
  const { id: zoneId, changeId, requestIds } = made.value
  const isShort = await shortenMemory(aws, zoneId, signal)
  return success({ handle: handleOf({ zoneId, changeId, isShort }), requestIds })
}

/** What is known of the act: its zone, its change where the answer came, and whether the name is remembered as lost for a minute only. */
type Act = Readonly<{ zoneId: string; changeId: string; isShort: boolean }>

function handleOf({ zoneId, changeId, isShort }: Act): string {
  return [zoneId, changeId, isShort ? 'short' : ''].join('/')
}

/** Seconds for which a resolver of the VPC may remember that there was no such name. */
function memoryOf(handle: string | undefined): number {
  return handle?.split('/')[2] === 'short' ? MEMORY.shortened : MEMORY.asMade
}

async function confirmStep(
  aws: Aws,
  capture: Capture,
  { key, handle, targets }: UndoPlan,
  signal: AbortSignal,
): Promise<Outcome<Seen>> {
  const zone = await ours(aws, capture, key, signal)
  if (!zone.ok) return zone
  const all = (injection: TargetSeen['injection'], seen: string): Seen => ({
    observations: targets.map(({ id }) => ({ target: id, injection, seen })),
    ...(handle === undefined && zone.value !== undefined
      ? { handle: handleOf({ zoneId: zone.value.id, changeId: '', isShort: false }) }
      : {}),
  })
  if (zone.value === undefined)
    return success(
      handle === undefined
        ? all('failed-to-inject', 'there is no such zone')
        : all('unknown', 'the zone is gone: somebody deleted it'),
    )
  const associated = await isAssociated(aws, zone.value.id, capture.vpcId, signal)
  if (!associated.ok) return associated
  if (!associated.value) return success(all('unknown', `the zone is not associated with ${capture.vpcId}`))
  const changeId = handle?.split('/')[1] ?? ''
  const change = changeId === '' ? undefined : await readChange(aws, changeId, signal)
  if (change !== undefined && !change.ok) return change
  if (change?.value.status === 'PENDING')
    return success(all('unknown', 'the zone is on its way, not yet on every name server'))
  return success({
    ...all(
      'injected',
      `an empty zone ${zone.value.id} answers in ${capture.vpcId}; that there is no such name is remembered for ${memoryOf(handle)} s`,
    ),
    ...(change?.value.submittedAt === undefined ? {} : { actedAt: change.value.submittedAt }),
  })
}

async function recoverStep(
  aws: Aws,
  capture: Capture,
  { key, targets, decided }: UndoPlan,
  signal: AbortSignal,
): Promise<Outcome<Recovered>> {
  const isOurs = targets.every(({ id }) => !decided?.left.includes(id) && !decided?.untouched.includes(id))
  const zone = await ours(aws, capture, key, signal)
  if (!zone.ok) return zone
  if (zone.value === undefined || !isOurs) return success({ requestIds: [] })
  const foreign = await foreignRecords(aws, zone.value.id, capture.name, signal)
  if (!foreign.ok) return foreign
  const mayEmpty = targets.every(({ id }) => decided?.overwrite.includes(id) === true)
  if (foreign.value.length > 0 && !mayEmpty)
    return failed(
      'conflict',
      'route53.DeleteHostedZone',
      'RecordsInZone',
      `somebody has put records into the zone, which are not deleted: ${foreign.value.map(recordLabel).join(', ')}`,
    )
  const gone = await deleteZone(aws, zone.value.id, foreign.value, signal)
  return gone.ok ? success({ requestIds: gone.value.requestIds, undoHandle: gone.value.changeId }) : gone
}

async function confirmRecoveredStep(
  aws: Aws,
  capture: Capture,
  { key, targets, handle, undoHandle }: UndoPlan,
  signal: AbortSignal,
): Promise<Outcome<Seen>> {
  const zone = await ours(aws, capture, key, signal)
  if (!zone.ok) return zone
  const all = (seen: Omit<TargetSeen, 'target'>) =>
    success({ observations: targets.map(({ id }) => ({ target: id, ...seen })) })
  if (zone.value !== undefined) {
    const foreign = await foreignRecords(aws, zone.value.id, capture.name, signal)
    if (!foreign.ok) return foreign
    if (foreign.value.length === 0)
      return all({ injection: 'injected', seen: `the empty zone ${zone.value.id} is still there` })
    const now = foreign.value.map(recordLabel).join(', ')
    return all({
      injection: 'unknown',
      seen: `somebody has put records into the zone: ${now}`,
      foreign: { captured: 'no zone', ours: 'an empty zone', now },
    })
  }
  const change = await readHandle(aws, undoHandle === '' ? undefined : undoHandle, signal)
  return change.ok ? all(judgeGone(change.value.status, memoryOf(handle))) : change
}

/** A zone that is gone is gone from the API at once, and from the name servers one by one. */
function judgeGone(status: ChangeState['status'], memorySeconds: number): Omit<TargetSeen, 'target'> {
  const memory = `resolvers may remember for ${memorySeconds} s that there was no such name`
  switch (status) {
    case 'INSYNC':
      return { injection: 'restored', seen: `the zone is gone from every name server; ${memory}` }
    case 'PENDING':
      return { injection: 'recovering', seen: 'the zone is deleted, not yet on every name server' }
    case 'unknown': {
      const seen = `the zone is gone, by a change that is not known; ${memory}`
      return { injection: 'recovering', seen, settles: inSyncByTime(seen) }
    }
  }
}

/** The undo by hand: the zone is found by what it was made with, and deleted. */
function undoCommands({ name }: Capture, key: string, environment: CompiledEnvironment): readonly string[] {
  const place = cliPlace(environment, ROUTE53_REGION)
  const query = `HostedZones[?CallerReference=='${keyToken(key)}'].Id`
  const find = ['aws', 'route53', 'list-hosted-zones-by-name', ...place, '--dns-name', name]
  const found = shellLine([...find, '--query', query, '--output', 'text'])
  return [`${shellLine(['aws', 'route53', 'delete-hosted-zone', ...place])} --id "$(${found})"`]
}
