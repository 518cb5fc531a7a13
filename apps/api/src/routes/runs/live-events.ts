import type { LiveEvent } from '@firedrill/contracts'
import { isEnd, worldAt, type JournalEvent, type RunEventBody, type RunRow } from '@firedrill/core'
import type { ApiDependencies } from '../../dependencies.ts'
import { presentEvent } from '../../present/event-words.ts'
import { verdictOf } from '../../present/run-summary.ts'

/** A heartbeat at least this often, in platform time: pages call a stream stale after five seconds. */
export const HEARTBEAT_MS = 1500

type Needed = Pick<ApiDependencies, 'clock' | 'clocks' | 'feed' | 'platformTime' | 'runs'>

/**
 * Every event of a run after a sequence, once and in order, with heartbeats in between; then `end` when the run is over. A feed that
 * skips or ends early ends the stream, and the reader resumes from the last sequence it got. Ends with the signal.
 */
export async function* liveEvents(
  deps: Needed,
  run: RunRow,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<LiveEvent, void> {
  const stop = new AbortController()
  const ends = AbortSignal.any([signal, stop.signal])
  const beat = () => deps.clock.sleep(HEARTBEAT_MS, ends).then(() => 'beat' as const)
  let seq = after
  let hasEnded = isEnd(run.state.status)
  try {
    yield await heartbeat(deps, run, seq)
    if (hasEnded && seq >= run.foldedSeq) return yield await endOf(deps, run, seq)
    const feed = deps.feed.follow(run.id, after, ends)[Symbol.asyncIterator]()
    let next = feed.next()
    let pause = beat()
    for (;;) {
      const first = await Promise.race([next, pause])
      if (signal.aborted) return
      if (first === 'beat') {
        yield await heartbeat(deps, run, seq)
        pause = beat()
        continue
      }
      if (first.done === true || first.value.seq !== seq + 1) return
      seq = first.value.seq
      yield { kind: 'journal', seq, event: presentEvent(first.value) }
      hasEnded ||= isEnding(first.value)
      if (hasEnded && seq >= run.foldedSeq) return yield await endOf(deps, run, seq)
      next = feed.next()
    }
  } finally {
    stop.abort()
  }
}

/** One live event as the wire has it. A heartbeat also carries a comment, for proxies that look for one. */
export function sseText(event: LiveEvent): string {
  const data = `event: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`
  switch (event.kind) {
    case 'journal':
      return `id: ${event.seq}\n${data}`
    case 'heartbeat':
      return `: still here\n${data}`
    case 'end':
      return data
  }
}

async function heartbeat(deps: Needed, run: RunRow, seq: number): Promise<LiveEvent> {
  const at = await deps.platformTime.now()
  const clock = (await deps.clocks.get(run.teamId, run.state.environment.name)) ?? run.clock
  return { kind: 'heartbeat', seq, at, worldAt: worldAt(clock, at), rate: clock.rate }
}

async function endOf(deps: Needed, run: RunRow, seq: number): Promise<LiveEvent> {
  const { state } = (await deps.runs.get(run.teamId, run.id)) ?? run
  return { kind: 'end', seq, status: state.status, verdict: verdictOf(state) }
}

function isEnding(event: JournalEvent): boolean {
  const body = { type: event.type, data: event.data } as RunEventBody
  return body.type === 'status-changed' && isEnd(body.data.to)
}
