import { worldInstant, type Outcome, type WorldInstant } from '@firedrill/core'
import { z } from 'zod'
import { failed, mutate, read, readPages, success } from '../call.ts'
import type { Aws } from '../client.ts'

const shiftSchema = z.object({
  zonalShiftId: z.string(),
  resourceIdentifier: z.string(),
  awayFrom: z.string(),
  comment: z.string().default(''),
  startTime: z.number(),
  status: z.string(),
})
const shiftsPage = z.object({ items: z.array(shiftSchema), nextToken: z.string().nullish() })
const managedPage = z.object({
  items: z.array(z.object({ arn: z.string().optional() })),
  nextToken: z.string().nullish(),
})

/** An active zonal shift as this room needs it. */
export type SeenShift = Readonly<{
  id: string
  resource: string
  /** Zone id. */
  awayFrom: string
  comment: string
  startedAt: WorldInstant
}>

/** The active zonal shifts of the Region; every page or none. */
export async function activeShifts(aws: Aws, signal: AbortSignal): Promise<Outcome<readonly SeenShift[]>> {
  const operation = 'arc-zonal-shift.ListZonalShifts'
  const found = await pages(
    aws,
    { operation, path: '/zonalshifts', schema: shiftsPage },
    { status: 'ACTIVE' },
    signal,
  )
  if (!found.ok) return found
  return success(
    found.value.map(({ zonalShiftId: id, resourceIdentifier: resource, awayFrom, comment, startTime }) => ({
      id,
      resource,
      awayFrom,
      comment,
      startedAt: worldInstant(Math.round(startTime * 1000) * 1000),
    })),
  )
}

/** ARNs of the resources of the Region that have opted in to zonal shift. */
export async function managedResources(aws: Aws, signal: AbortSignal): Promise<Outcome<ReadonlySet<string>>> {
  const operation = 'arc-zonal-shift.ListManagedResources'
  const found = await pages(aws, { operation, path: '/managedresources', schema: managedPage }, {}, signal)
  return found.ok ? success(new Set(found.value.flatMap(({ arn }) => arn ?? []))) : found
}

/** One attempt to start a shift. There is no client token: whoever calls has looked first whether it is there already. */
export async function startShift(
  aws: Aws,
  shift: Readonly<{ resource: string; awayFrom: string; comment: string; minutes: number }>,
  signal: AbortSignal,
): Promise<Outcome<Readonly<{ requestIds: readonly string[] }>>> {
  const { resource, awayFrom, comment, minutes } = shift
  const body = { resourceIdentifier: resource, awayFrom, comment, expiresIn: `${minutes}m` }
  return changed(
    await mutate('arc-zonal-shift.StartZonalShift', signal, (options) =>
      aws.zonalShift({ method: 'POST', path: '/zonalshifts', body }, options),
    ),
  )
}

/** One attempt to end a shift; one that is over already is as good. */
export async function cancelShift(
  aws: Aws,
  id: string,
  signal: AbortSignal,
): Promise<Outcome<Readonly<{ requestIds: readonly string[] }>>> {
  const answer = await mutate('arc-zonal-shift.CancelZonalShift', signal, (options) =>
    aws.zonalShift({ method: 'DELETE', path: `/zonalshifts/${encodeURIComponent(id)}` }, options),
  )
  const isOver = !answer.ok && (answer.failure.kind === 'conflict' || answer.failure.kind === 'not-found')
  return isOver ? success({ requestIds: [] }) : changed(answer)
}

function changed(
  answer: Outcome<Readonly<{ $metadata: Readonly<{ requestId?: string }> }>>,
): Outcome<Readonly<{ requestIds: readonly string[] }>> {
  if (!answer.ok) return answer
  const { requestId } = answer.value.$metadata
  return success({ requestIds: requestId === undefined ? [] : [requestId] })
}

type Listed<T> = Readonly<{
  operation: string
  path: string
  schema: z.ZodType<Readonly<{ items: readonly T[]; nextToken?: string | null | undefined }>>
}>

async function pages<T>(
  aws: Aws,
  { operation, path, schema }: Listed<T>,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Outcome<readonly T[]>> {
  return readPages(
    async (token) => {
      const asked = { ...query, maxResults: '100', ...(token === undefined ? {} : { nextToken: token }) }
      const answer = await read(operation, signal, (options) =>
        aws.zonalShift({ method: 'GET', path, query: asked }, options),
      )
      if (!answer.ok) return answer
      const page = schema.safeParse(answer.value.body)
      return page.success
        ? success(page.data)
        : failed('unexpected', operation, 'UnreadableAnswer', page.error.message)
    },
    ({ items }) => items,
    ({ nextToken }) => nextToken ?? undefined,
    operation,
  )
}
