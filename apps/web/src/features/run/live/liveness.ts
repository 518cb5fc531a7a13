import type { RunDetail } from '@firedrill/contracts'
import type { FeedState } from './run-feed.ts'

/** After this long without a heartbeat the page says that it is old. */
export const STALE_AFTER_MS = 5000

/** How fresh a page is. */
export type Liveness =
  | Readonly<{ kind: 'connecting' }>
  | Readonly<{ kind: 'live'; ageMs: number }>
  | Readonly<{ kind: 'stale'; ageMs: number; isTrying: boolean }>
  | Readonly<{ kind: 'over' }>

/** How fresh the page is at a moment of the steady clock. */
export function livenessOf(feed: FeedState, isOver: boolean, nowMs: number): Liveness {
  if (isOver && (feed.connection === 'ended' || feed.events.length > 0)) return { kind: 'over' }
  if (feed.heardAtMs === null) {
    return feed.connection === 'lost'
      ? { kind: 'stale', ageMs: 0, isTrying: feed.error === null }
      : { kind: 'connecting' }
  }
  const ageMs = Math.max(0, nowMs - feed.heardAtMs)
  if (ageMs > STALE_AFTER_MS) return { kind: 'stale', ageMs, isTrying: feed.error === null }
  return { kind: 'live', ageMs }
}

/** Platform time at an instant of the world. While a world stands still between jumps, what the run was read with. */
export function platformNowOf({ now, clock }: RunDetail, worldNow: number): number {
  return clock.rate === 0 ? now.at : now.at + (worldNow - now.worldAt) / clock.rate
}

/**
 * World time now. It runs on between heartbeats, and stands still when they have stopped: a page that hears nothing must not
 * pretend to know what time it is there. A run that is over stays at its end.
 */
export function worldNowOf(run: RunDetail, feed: FeedState, nowMs: number): number {
  if (run.isOver) return run.phases.at(-1)?.worldAt ?? run.now.worldAt
  const { clock } = feed
  if (clock === null) return run.now.worldAt
  const sinceMs = Math.min(Math.max(0, nowMs - clock.readAtMs), STALE_AFTER_MS)
  return Math.max(run.now.worldAt, Math.round(clock.worldAt + sinceMs * 1000 * clock.rate))
}
