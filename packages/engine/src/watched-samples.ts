import { worldInstant, type RunId, type Sample, type Samples, type WorldInstant } from '@firedrill/core'

/** Samples may come this much after their start and are still met by the next look. World time. */
const LATE_MICROS = 30_000_000
/** How often everything is read again, for samples that came later than that. World time. */
const ALL_AGAIN_MICROS = 60_000_000

/**
 * The samples of runs that are watched, read on from where the last look ended: a watch looks every few seconds, and to
 * read all that came since the beginning each time costs the square of the drill's length. What a prober that was cut off
 * hands in late is met within a minute of the world; measurements read everything themselves.
 */
export class WatchedSamples {
  readonly #kept = new Map<RunId, { allAt: WorldInstant; samples: readonly Sample[] }>()

  /** Ascending by start. */
  async read(runId: RunId, now: WorldInstant, store: Pick<Samples, 'read'>): Promise<readonly Sample[]> {
    const kept = this.#kept.get(runId)
    const last = kept?.samples.at(-1)
    if (kept === undefined || last === undefined || now - kept.allAt >= ALL_AGAIN_MICROS) {
      const samples = await store.read(runId)
      this.#kept.set(runId, { allAt: now, samples })
      return samples
    }
    const from = worldInstant(last.start - LATE_MICROS)
    const latest = await store.read(runId, { from })
    const before = kept.samples.findLastIndex(({ start }) => start < from) + 1
    kept.samples = [...kept.samples.slice(0, before), ...latest]
    return kept.samples
  }

  forget(runId: RunId): void {
    this.#kept.delete(runId)
  }
}
