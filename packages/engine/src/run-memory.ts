import type { RunId, WorldInstant } from '@firedrill/core'
import { Settling } from './settling.ts'
import { WatchedSamples } from './watched-samples.ts'

/**
 * What a worker remembers of runs between hints to make its figures tighter or its questions fewer. Losing it
 * costs precision, never safety.
 */
export class RunMemory {
  readonly watched = new WatchedSamples()
  #looks = new Map<string, WorldInstant>()
  #deadPolls = new Map<string, Readonly<{ count: number; since: number }>>()
  #asked = new Map<string, WorldInstant>()
  readonly settling = new Settling()

  /** Last look at a step that showed no effect. */
  lastLook(runId: RunId, step: string): WorldInstant | undefined {
    return this.#looks.get(`${runId}/${step}`)
  }

  looked(runId: RunId, step: string, at: WorldInstant): void {
    this.#looks.set(`${runId}/${step}`, at)
  }

  /** Counts a failed poll of a source; answers how many in a row and since when (monotonic milliseconds). */
  failedPoll(runId: RunId, source: string, nowMs: number): Readonly<{ count: number; since: number }> {
    const key = `${runId}/${source}`
    const before = this.#deadPolls.get(key)
    const entry = { count: (before?.count ?? 0) + 1, since: before?.since ?? nowMs }
    this.#deadPolls.set(key, entry)
    return entry
  }

  answeredPoll(runId: RunId, source: string): void {
    this.#deadPolls.delete(`${runId}/${source}`)
  }

  /** True at most once per `everyMs` of world time for a question. */
  isTimeFor(runId: RunId, question: string, now: WorldInstant, everyMs: number): boolean {
    const key = `${runId}/${question}`
    const last = this.#asked.get(key)
    if (last !== undefined && now - last < everyMs * 1000) return false
    this.#asked.set(key, now)
    return true
  }

  forget(runId: RunId): void {
    this.settling.forget(`${runId}/`)
    this.watched.forget(runId)
    for (const map of [this.#looks, this.#deadPolls, this.#asked]) {
      for (const key of map.keys()) if (key.startsWith(`${runId}/`)) map.delete(key)
    }
  }
}
