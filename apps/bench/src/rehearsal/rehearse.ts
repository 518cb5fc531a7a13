import type { TimelineEvent } from '@firedrill/contracts'
import { freePortBase } from '../sandbox/port-base.ts'
import { startSandbox } from '../sandbox/start-sandbox.ts'
import { waitUntil } from '../sandbox/wait-until.ts'

/** One whole drill. Seconds of the wall and of the world from booking to close. */
export type Rehearsal = Readonly<{
  verdict: string
  realS: number
  worldS: number
  /** The longest that the recovery may have taken, in seconds; absent: none was seen, or none was judged. */
  recoveryS?: number
  /** The journal as text, without platform times and without what is named anew in each installation. */
  journal: string
}>

const DONE_MS = 180_000
const EVENTS_MAX = 500

/** Books one drill in a sandbox on a state of its own and waits for its end, at most `doneMs` of the wall. */
export async function rehearse(
  options: Readonly<{ stateDir: string; args: readonly string[]; doneMs?: number }>,
): Promise<Rehearsal> {
  const sandbox = startSandbox({
    stateDir: options.stateDir,
    portBase: await freePortBase(),
    args: options.args,
  })
  try {
    await waitUntil('the drill is over', options.doneMs ?? DONE_MS, () =>
      sandbox.said().includes('Everything stays up') ? true : undefined,
    )
    const client = await sandbox.client()
    const [run] = await client.runs.list({ limit: 1 })
    if (run === undefined) throw new Error(`no run was booked:\n${sandbox.said()}`)
    const { events } = await client.runs.timeline(run.id, { limit: EVENTS_MAX })
    const [first, last] = [events.at(0), events.at(-1)]
    if (first === undefined || last === undefined) throw new Error('an empty journal')
    const { verdict, measurement } = await client.runs.get(run.id)
    const recoveryUs = measurement?.objectives.find(({ kind }) => kind === 'recovery-time')?.observed?.hi
    return {
      verdict: verdict ?? 'none',
      ...(typeof recoveryUs === 'number' ? { recoveryS: recoveryUs / 1e6 } : {}),
      realS: (last.at - first.at) / 1e6,
      worldS: (last.worldAt - first.worldAt) / 1e6,
      journal: comparable(events),
    }
  } finally {
    await sandbox.stop()
  }
}

/** Ids, hashes over ids, and processes are named anew each time; everything else has to be the same. */
function comparable(events: readonly TimelineEvent[]): string {
  return events
    .map(({ seq, type, worldAt, summary, data }) => JSON.stringify({ seq, type, worldAt, summary, data }))
    .join('\n')
    .replaceAll(/\b(run|drl)_[0-9a-z]{26}\b/g, '$1')
    .replaceAll(/\b[0-9a-f]{40}\b|\b[0-9a-f]{64}\b/g, 'hash')
    .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'request')
    .replaceAll(/127\.0\.0\.1:\d+/g, 'loopback')
    .replaceAll(/rehearse@[^"\s]*/g, 'worker')
}
