import type { RunEventBody } from './events.ts'
import type { RunState } from './state.ts'
import { isEnd, isLive } from './status.ts'

/** What a person asked of a run, and what came of it. */
export type Asked = Readonly<{ events: readonly RunEventBody[]; refused?: string }>

/** Abort: undo when faults may be in, cancel when they cannot be. Asking twice changes nothing. */
export function decideAbort(
  state: RunState,
  reason: string,
  cause: 'abort' | 'halt' | 'stop-condition' = 'abort',
): Asked {
  if (isEnd(state.status)) return { events: [], refused: `the run is already ${state.status}` }
  if (state.abort !== undefined) return { events: [] }
  const asked: RunEventBody = {
    type: 'abort-requested',
    data: cause === 'abort' ? { reason } : { reason: `${cause}: ${reason}`, cause },
  }
  if (state.status === 'settling')
    return { events: [], refused: 'everything is already put back; the run is about to close' }
  // Before anything was asked for there is nothing to undo, whether or not the run is held.
  if (!isLive(state.status === 'paused' ? (state.resumesTo ?? 'paused') : state.status)) {
    return {
      events: [asked, { type: 'status-changed', data: { from: state.status, to: 'cancelled', why: reason } }],
    }
  }
  const undoing =
    state.status === 'recovering' || state.status === 'verifying' || state.status === 'needs-person'
  if (undoing || state.status === 'aborting') return { events: [asked] }
  return {
    events: [asked, { type: 'status-changed', data: { from: state.status, to: 'aborting', why: reason } }],
  }
}

/** A note of the scribe, at any time before the end. */
export function decideNote(state: RunState, text: string): Asked {
  if (isEnd(state.status)) return { events: [], refused: `the run is already ${state.status}` }
  return { events: [{ type: 'note-added', data: { text } }] }
}

/** The reaper took its copy of the kit. Late or repeated acknowledgements change nothing. */
export function decideAcknowledge(state: RunState, step: string, undo: string, reaper: string): Asked {
  const current = state.steps[step]
  if (current === undefined || current.undo !== undo || current.acknowledged) return { events: [] }
  return { events: [{ type: 'kit-acknowledged', data: { step, undo, reaper } }] }
}

/** A fault is past its expiry while its run does something else than undo: undo it. */
export function decideExpiry(state: RunState, why: string): Asked {
  if (isEnd(state.status) || !isLive(state.status)) return { events: [] }
  if (
    state.status === 'recovering' ||
    state.status === 'verifying' ||
    state.status === 'aborting' ||
    state.status === 'needs-person'
  ) {
    return { events: [] }
  }
  return { events: [{ type: 'status-changed', data: { from: state.status, to: 'recovering', why } }] }
}
