import { ApiError } from '../client/api-error.ts'
import type { Client } from '../client/create-client.ts'
import type { FollowOptions, Sleep } from '../client/follow.ts'
import type { RunDetail } from '../http/run.ts'
import type { ProbeLane } from '../http/samples.ts'
import type { TimelineEvent } from '../http/timeline.ts'
import { eventLine, isWorthALine, statusLine } from './present-run.ts'

/** Where progress goes. `live` is a terminal: the last line may be redrawn. */
export type Output = Readonly<{ live: boolean; width: number; write: (text: string) => void; sleep: Sleep }>

const REDRAW_MS = 250
/** How far back probe states are read, in world microseconds. */
const RECENT_MICROS = 20_000_000
/** Waiting this long altogether for an API that is away means that it is gone. */
const GONE_MS = 60_000
const CLEAR_LINE = '\r\u001b[2K'

/**
 * Shows a run until it is over, needs a person, or the signal ends: a line for each thing that happened, and on a
 * terminal a line that lives. A lost connection is said and resumed.
 * @throws ApiError `unreachable` when the API stays away for about a minute.
 */
export async function followRun(
  client: Client,
  runId: string,
  output: Output,
  signal: AbortSignal,
): Promise<RunDetail> {
  const first = await client.runs.get(runId)
  const startWorldAt = first.phases[0]?.worldAt ?? first.now.worldAt
  const line = (text: string) => output.write(`${output.live ? CLEAR_LINE : ''}${text}\n`)
  const over = new AbortController()
  const ends = AbortSignal.any([signal, over.signal])
  const connection = watchConnection(line, () => over.abort())
  const redrawing = output.live ? redraw(client, runId, output, ends) : undefined
  try {
    const { onConnection } = connection
    for await (const live of client.runs.follow(runId, { signal: ends, onConnection })) {
      if (live.kind !== 'journal') continue
      if (isWorthALine(live.event)) line(eventLine(live.event, startWorldAt))
      // An old call for a person is history; only one that still stands ends the watch.
      if (isCallForAPerson(live.event) && (await client.runs.get(runId)).status === 'needs-person') break
    }
  } finally {
    over.abort()
    await redrawing
    if (output.live) output.write(CLEAR_LINE)
  }
  if (connection.isGone())
    throw new ApiError('unreachable', 'The API went away while the run was being watched')
  return client.runs.get(runId)
}

function isCallForAPerson(event: TimelineEvent): boolean {
  return event.type === 'status-changed' && event.data['to'] === 'needs-person'
}

function watchConnection(line: (text: string) => void, giveUp: () => void) {
  let awayMs = 0
  const onConnection: NonNullable<FollowOptions['onConnection']> = (state) => {
    if (state.isOpen) {
      if (awayMs > 0) line('  (the API answers again)')
      awayMs = 0
      return
    }
    if (awayMs === 0) line(`  (the connection was lost: ${state.why}; the run goes on without it)`)
    awayMs += state.retryInMs
    if (awayMs > GONE_MS) giveUp()
  }
  return { onConnection, isGone: () => awayMs > GONE_MS }
}

async function redraw(client: Client, runId: string, output: Output, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const run = await client.runs.get(runId)
      const lanes: readonly ProbeLane[] =
        run.phases.length < 4
          ? []
          : await client.runs.samples(runId, { from: run.now.worldAt - RECENT_MICROS, points: 20 })
      const line = statusLine(run, lanes, run.now.worldAt)
      if (!signal.aborted) output.write(`${CLEAR_LINE}  ${line.slice(0, Math.max(20, output.width - 4))}`)
    } catch {
      // The stream beside this says what is wrong with the connection; this line only waits for the next look.
    }
    await output.sleep(REDRAW_MS, signal)
  }
}
