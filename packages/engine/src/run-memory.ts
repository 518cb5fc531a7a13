import type { RunId, StepPlan, WorldInstant } from '@firedrill/core'
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
  #resolved = new Map<string, Map<string, StepPlan>>()
  #turnedAway = new Map<string, WorldInstant>()
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

  /** The steps of a run that were resolved while it was planned, to be added to. */
  resolvedSteps(runId: RunId): Map<string, StepPlan> {
    const key = `${runId}/`
    const known = this.#resolved.get(key) ?? new Map<string, StepPlan>()
    this.#resolved.set(key, known)
    return known
  }

  /** The cloud said "too often" to a step that goes back: the next is asked at this instant at the earliest, alone. */
  turnedAway(runId: RunId, until: WorldInstant): void {
    this.#turnedAway.set(`${runId}/`, until)
  }

  /** Undefined: nothing was turned away yet, and all may be asked at once. */
  turnedAwayUntil(runId: RunId): WorldInstant | undefined {
    return this.#turnedAway.get(`${runId}/`)
  }

  forget(runId: RunId): void {
    this.settling.forget(`${runId}/`)
    this.watched.forget(runId)
    for (const map of [this.#looks, this.#deadPolls, this.#asked, this.#resolved, this.#turnedAway]) {
      for (const key of map.keys()) if (key.startsWith(`${runId}/`)) map.delete(key)
    }
  }
}
