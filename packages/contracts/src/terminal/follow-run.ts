import type { Client } from '../client/create-client.ts'
import type { Sleep } from '../client/follow.ts'
import type { RunDetail } from '../http/run.ts'
import type { ProbeLane } from '../http/samples.ts'
import { eventLine, isWorthALine, statusLine } from './present-run.ts'

/** Where progress goes. `live` is a terminal: the last line may be redrawn. */
export type Output = Readonly<{ live: boolean; width: number; write: (text: string) => void; sleep: Sleep }>

const REDRAW_MS = 250
/** How far back probe states are read, in world microseconds. */
const RECENT_MICROS = 20_000_000

/** Shows a run until it is over: a line for each thing that happened, and on a terminal a line that lives. */
export async function followRun(
  client: Client,
  runId: string,
  output: Output,
  signal: AbortSignal,
): Promise<RunDetail> {
  const first = await client.runs.get(runId)
  const startWorldAt = first.phases[0]?.worldAt ?? first.now.worldAt
  const over = new AbortController()
  const redrawing = output.live
    ? redraw(client, runId, output, AbortSignal.any([signal, over.signal]))
    : undefined
  try {
    for await (const live of client.runs.follow(runId, { signal })) {
      if (live.kind !== 'journal' || !isWorthALine(live.event)) continue
      output.write(`${output.live ? '\r\u001b[2K' : ''}${eventLine(live.event, startWorldAt)}\n`)
    }
  } finally {
    over.abort()
    await redrawing
    if (output.live) output.write('\r\u001b[2K')
  }
  return client.runs.get(runId)
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
      if (!signal.aborted) output.write(`\r\u001b[2K  ${line.slice(0, Math.max(20, output.width - 4))}`)
    } catch {
      // The stream beside this says what is wrong with the connection; this line only waits for the next look.
    }
    await output.sleep(REDRAW_MS, signal)
  }
}
