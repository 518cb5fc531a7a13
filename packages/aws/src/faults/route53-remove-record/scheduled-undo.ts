import type { Json } from '@firedrill/core'
import { recordKey, type RecordSet } from '../../route53/record-set.ts'
import { javaSpelling, type UndoCalls } from '../../scheduler/undo-calls.ts'
import { keyToken } from '../key-token.ts'
import { readCapture } from './capture.ts'

const ACTION = 'route53:changeResourceRecordSets'

/**
 * The undo as calls that Scheduler makes by itself: one CREATE batch for each name and type, word for word as captured. CREATE
 * is turned down whole when anything of it exists, so that what is back already, and what somebody else made, stays as it is.
 * Scheduled in the home Region, outside the drilled one.
 */
export const scheduledUndo: UndoCalls = (undo, environment) => {
  const capture = readCapture(undo.capture)
  if (!capture.ok) return { ok: false, why: capture.failure.message }
  const { zoneId, records } = capture.value
  const region = environment.regions[environment.homeRegion]
  if (region === undefined) return { ok: false, why: `there is no Region named ${environment.homeRegion}` }
  if (records.length === 0) return { ok: false, why: 'there is nothing to put back' }
  return {
    ok: true,
    calls: [...groupsOf(records)].map(([id, group]) => ({
      id,
      region,
      action: ACTION,
      input: {
        HostedZoneId: zoneId,
        ChangeBatch: {
          Comment: `Firedrill dead man ${keyToken(undo.key)}`,
          Changes: group.map((record) => ({
            Action: 'CREATE',
            ResourceRecordSet: javaSpelling(record as unknown as Json),
          })),
        },
      },
    })),
  }
}

/** Variants of one name and type are one decision of Route 53, so they go back together. */
function groupsOf(records: readonly RecordSet[]): ReadonlyMap<string, readonly RecordSet[]> {
  const groups = new Map<string, RecordSet[]>()
  for (const record of records) {
    const { Name, Type } = record
    const id = recordKey({ Name, Type })
    groups.set(id, [...(groups.get(id) ?? []), record])
  }
  return groups
}
