import type { TimelineEvent } from '@firedrill/contracts'
import type { RunSearch } from '../run-search.ts'

/** What a journal is narrowed down to. */
export type JournalFilter = Pick<RunSearch, 'find' | 'problems'>

/** Events of a journal that have all the words, wherever they stand in it, and are problems if only those are asked for. Pure. */
export function chosenEvents(
  events: readonly TimelineEvent[],
  { find = '', problems }: JournalFilter,
): readonly TimelineEvent[] {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0 && problems === undefined) return events
  return events.filter(({ tone, summary, type, step = '', actor, seq }) => {
    if (problems === true && tone !== 'bad' && tone !== 'warning') return false
    const text = `${seq} ${type} ${step} ${actor.name} ${summary}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}
