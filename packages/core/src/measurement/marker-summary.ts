import { z } from 'zod'
import type { MeasureInput } from './measure-input.ts'

/** What became of the writes of a marker writer: taken out and seen to be gone, kept as agreed, still there, or not known yet. */
export const CLEAN_UPS = ['removed', 'kept', 'failed', 'pending'] as const
export type CleanUp = (typeof CLEAN_UPS)[number]

/** How taking the writes out went, in words. */
export const markerCleanUpSchema = z.strictObject({ state: z.enum(CLEAN_UPS), note: z.string() })
export type MarkerCleanUp = z.infer<typeof markerCleanUpSchema>

/** What a marker writer did, and what it left behind. */
export const markerSummarySchema = z.strictObject({
  marker: z.string(),
  acknowledged: z.int(),
  failed: z.int(),
  unusable: z.int(),
  readings: z.int(),
  cleanUp: markerCleanUpSchema,
})
export type MarkerSummary = z.infer<typeof markerSummarySchema>

/** One summary a marker of the scenario. One that nothing is known of wrote nothing that we know of, which is not the same as nothing. */
export function markerSummaries(input: MeasureInput): readonly MarkerSummary[] {
  return (input.scenario.markers ?? []).map(({ name }) => {
    const seen = input.markers?.[name]
    const count = (wanted: string) => seen?.writes.filter(({ outcome }) => outcome === wanted).length ?? 0
    return {
      marker: name,
      acknowledged: count('acknowledged'),
      failed: count('failed'),
      unusable: count('unusable'),
      readings: seen?.readings.length ?? 0,
      cleanUp: seen?.cleanUp ?? { state: 'pending', note: 'its writes were not taken out yet' },
    }
  })
}
