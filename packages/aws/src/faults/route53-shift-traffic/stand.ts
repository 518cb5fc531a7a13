import type { Outcome, UndoPlan } from '@firedrill/core'
import { success } from '../../call.ts'
import type { Aws } from '../../client.ts'
import { differences, recordKey, recordTargetId, type RecordSet } from '../../route53/record-set.ts'
import type { Change } from '../../route53/change-batch.ts'
import { listNamed, type Capture } from './capture.ts'

/** One record set of the step and what the zone holds in its place: as before, as this step makes it, or neither. */
export type Stand = Readonly<{
  target: string
  before: RecordSet
  after: RecordSet
  found: RecordSet | undefined
  is: 'before' | 'after' | 'foreign'
  /** What the zone's differs in from what the step made. */
  words: string
}>

/** Where every record set of the step stands now, as the control plane sees it, pending changes included. */
export async function standsOf(
  aws: Aws,
  capture: Capture,
  signal: AbortSignal,
): Promise<Outcome<readonly Stand[]>> {
  const { zoneId, before, after } = capture
  const listed = await listNamed(aws, capture, signal)
  if (!listed.ok) return listed
  const now = new Map(listed.value.map((record) => [recordKey(record), record]))
  const stands = before.flatMap((was, index): readonly Stand[] => {
    const ours = after[index]
    if (ours === undefined) return []
    const found = now.get(recordKey(was))
    const about = { target: recordTargetId(zoneId, was), before: was, after: ours, found }
    if (found === undefined) return [{ ...about, is: 'foreign', words: 'no such record' }]
    const differing = differences(ours, found)
    if (differing.length === 0) return [{ ...about, is: 'after', words: '' }]
    const isBefore = differences(was, found).length === 0
    return [{ ...about, is: isBefore ? 'before' : 'foreign', words: differing.join(', ') }]
  })
  return success(settled(stands))
}

/** A weight that this step leaves as it is says nothing by itself: it stands where the others do. */
function settled(stands: readonly Stand[]): readonly Stand[] {
  const isTelling = ({ before, after }: Stand) => differences(before, after).length > 0
  const isBefore = stands.filter(isTelling).every(({ is }) => is === 'before')
  return stands.map((stand) =>
    stand.is === 'after' && isBefore && !isTelling(stand) ? { ...stand, is: 'before' } : stand,
  )
}

/** Puts one record set in the place of exactly another, so that Route 53 turns it down when that is not there any more. */
export function replace(found: RecordSet | undefined, wanted: RecordSet): readonly Change[] {
  const create: Change = { action: 'CREATE', record: wanted }
  return found === undefined ? [create] : [{ action: 'DELETE', record: found }, create]
}

/** The stands that an undo may touch, by what people decided. */
export function undoable(stands: readonly Stand[], { decided }: UndoPlan): readonly Stand[] {
  const { left = [], untouched = [] } = decided ?? {}
  return stands.filter(({ target }) => !left.includes(target) && !untouched.includes(target))
}
