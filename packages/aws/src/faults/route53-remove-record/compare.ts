import type { Outcome } from '@firedrill/core'
import { success } from '../../call.ts'
import type { Aws } from '../../client.ts'
import { listRecordSets } from '../../route53/list-record-sets.ts'
import { differences, recordKey, recordLabel, type RecordSet } from '../../route53/record-set.ts'
import type { Capture } from './capture.ts'

/** One captured record set and what is in the zone under its name, type and set identifier now. */
export type Compared = Readonly<
  { captured: RecordSet } & (
    | { state: 'same' }
    | { state: 'missing' }
    | { state: 'changed'; differences: readonly string[]; found: RecordSet }
  )
>

/** Compares every captured record set with the zone as the control plane sees it now, pending changes included. */
export async function compare(
  aws: Aws,
  capture: Capture,
  signal: AbortSignal,
): Promise<Outcome<readonly Compared[]>> {
  const listed = await listRecordSets(aws, capture.zoneId, capture.name, signal)
  if (!listed.ok) return listed
  const now = new Map(listed.value.map((record) => [recordKey(record), record]))
  return success(
    capture.records.map((captured): Compared => {
      const found = now.get(recordKey(captured))
      if (found === undefined) return { captured, state: 'missing' }
      const differing = differences(captured, found)
      return differing.length === 0
        ? { captured, state: 'same' }
        : { captured, state: 'changed', differences: differing, found }
    }),
  )
}

/** What differs from the capture, in words, for everything that is neither missing nor the same. */
export function changedWords(compared: readonly Compared[]): string {
  return compared
    .flatMap((one) =>
      one.state === 'changed' ? [`${recordLabel(one.captured)}: ${one.differences.join(', ')}`] : [],
    )
    .join('; ')
}
