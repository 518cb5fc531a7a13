import type { DurationInterval, Measurement } from '@firedrill/contracts'
import { PART_ENDS, type PartName, type PointName } from '../../../vocabulary/measured.ts'

/** The parts of a recovery time that begin or end with a point, as far as they were observed. */
export function partsFedBy(
  point: PointName,
  parts: Measurement['parts'],
): readonly (readonly [PartName, DurationInterval])[] {
  return (Object.keys(PART_ENDS) as PartName[]).flatMap((name) => {
    const { from, to } = PART_ENDS[name]
    const part = parts[name]
    return part !== undefined && (to === point || from.includes(point)) ? [[name, part] as const] : []
  })
}
