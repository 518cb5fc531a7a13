import { intervalInWords } from '../verdict/judge.ts'
import { awaitsReading } from './data-loss.ts'
import { censorOf, type MeasureInput } from './measure-input.ts'
import { observeObjective } from './observe-objective.ts'

/** Whether the response has proven itself, and by what, in words. */
export type ResponseSeen = Readonly<{ isSeen: boolean; seen: string }>

/**
 * Whether every recovery-time objective has seen an outage, and a recovery that lasted its whole hold: then the faults may be
 * taken out. Where data loss is measured, writes must have come back too, and have been read. One that saw no outage keeps the watch going, since an outage may still come (a cache that has not expired).
 * A recovery after the fault ended by itself is none.
 */
export function responseSeen(input: MeasureInput): ResponseSeen {
  const watched: MeasureInput = { ...input, provisional: true }
  const seen: string[] = []
  for (const objective of input.scenario.objectives) {
    if (objective.kind === 'data-loss') {
      const markers = watched.markers?.[objective.marker]
      if (markers !== undefined && input.injected !== undefined && awaitsReading(markers, input.injected.lo))
        return { isSeen: false, seen: `${objective.name}: writes have not come back, or were not read yet` }
    }
    // A series is imported when somebody has it, which nobody waits for with a fault in.
    if (objective.kind !== 'recovery-time' || objective.source.from === 'series') continue
    const { service } = observeObjective(watched, objective)
    if (service.seen !== 'outage') {
      return { isSeen: false, seen: `${objective.name}: no outage yet` }
    }
    if (service.observed.hi === null) {
      const why =
        censorOf(watched) === undefined ? 'no recovery that held yet' : 'the fault is already ending'
      return { isSeen: false, seen: `${objective.name}: ${why}` }
    }
    seen.push(`${objective.name}: recovered in ${intervalInWords(service.observed)}, and it held`)
  }
  return seen.length === 0
    ? { isSeen: false, seen: 'no objective speaks of recovery' }
    : { isSeen: true, seen: seen.join('; ') }
}
