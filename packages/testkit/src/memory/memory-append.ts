import {
  canonicalJson,
  EVENT_BYTES_MAX,
  EVENT_VERSIONS,
  evolve,
  GENESIS,
  isEnd,
  parseEventBody,
  platformInstant,
  worldAt,
  worldInstant,
  type Actor,
  type AppendOptions,
  type AppendResult,
  type DecideUnderLock,
  type EnvironmentClock,
  type Fence,
  type JournalEvent,
  type PlatformInstant,
  type RunEventBody,
  type RunId,
  type RunState,
  type WorldInstant,
} from '@firedrill/core'
import { clockOf, type MemoryData, type MemoryRun } from './memory-data.ts'
import { frozen } from './frozen.ts'
import { sha256 } from './sha256.ts'

/** The moment of an append: later than every event of the run, on both clocks. */
export function momentAfter(
  events: readonly JournalEvent[],
  clock: EnvironmentClock,
  reading: PlatformInstant,
): Readonly<{ now: PlatformInstant; worldNow: WorldInstant }> {
  const last = events.at(-1)
  const now = platformInstant(Math.max(reading, (last?.at ?? 0) + 1))
  return { now, worldNow: worldInstant(Math.max(worldAt(clock, now), last?.worldAt ?? 0)) }
}

/** What an event's text takes more with its hash: `"hash":"…",`. */
const HASH_BYTES = '"hash":"",'.length + GENESIS.length

/** Wraps bodies in envelopes that continue a journal. @throws when a body does not fit its schema or is too large. */
export function envelopes(
  runId: RunId,
  before: readonly JournalEvent[],
  bodies: readonly RunEventBody[],
  moment: Readonly<{ now: PlatformInstant; worldNow: WorldInstant }>,
  actor: Actor,
  epoch?: number,
): readonly JournalEvent[] {
  const written: JournalEvent[] = []
  let prev = before.at(-1)?.hash ?? GENESIS
  for (const [index, body] of bodies.entries()) {
    const event: Omit<JournalEvent, 'hash'> = {
      runId,
      seq: before.length + index + 1,
      v: EVENT_VERSIONS[body.type],
      type: body.type,
      at: platformInstant(moment.now + index),
      worldAt: moment.worldNow,
      actor,
      ...(epoch === undefined ? {} : { epoch }),
      data: structuredClone(parseEventBody(body.type, body.data).data),
      prev,
    }
    // What `eventHash` says, of a text that is also measured.
    const text = canonicalJson(event)
    const hash = sha256(text)
    const whole: JournalEvent = { ...event, hash }
    const bytes = Buffer.byteLength(text) + HASH_BYTES
    if (bytes > EVENT_BYTES_MAX)
      throw new RangeError(`event ${body.type} takes ${bytes} bytes, at most ${EVENT_BYTES_MAX} are kept`)
    written.push(whole)
    prev = hash
  }
  return written
}

/** Appends to a run as one transaction would: all of it or nothing. */
export function appendTo(
  data: MemoryData,
  run: MemoryRun,
  fence: Fence,
  actor: Actor,
  decide: DecideUnderLock,
  options: AppendOptions,
  format: number,
): AppendResult {
  if (run.format > format) return { ok: false, why: 'newer' }
  const reading = data.now()
  if (fence.kind === 'epoch' && (fence.epoch !== run.epoch || run.leaseUntil <= reading))
    return { ok: false, why: 'fenced' }
  const moment = momentAfter(run.events, clockOf(data, run), reading)
  const bodies = decide(run.state, moment)
  const events = frozen(
    envelopes(run.id, run.events, bodies, moment, actor, fence.kind === 'epoch' ? fence.epoch : undefined),
  )
  const state = frozen(events.reduce<RunState>((folded, event) => evolve(folded, event), run.state))
  const keyOf = (target: string) => `${run.teamId}/${run.state.environment.name}/${target}`
  for (const target of [...(options.locks ?? [])].sort()) {
    const by = data.locks.get(keyOf(target))
    if (by !== undefined && by !== run.id) return { ok: false, why: 'locked', target, by }
  }
  for (const target of options.locks ?? []) data.locks.set(keyOf(target), run.id)
  for (const record of options.undo ?? []) {
    const known = data.undo.get(`${record.runId}/${record.step}`)
    const by = known?.hash === record.hash ? known.acknowledgedBy : undefined
    const { acknowledgedBy: _, ...rest } = record
    data.undo.set(
      `${record.runId}/${record.step}`,
      frozen(structuredClone(by === undefined ? rest : { ...rest, acknowledgedBy: by })),
    )
  }
  run.format = format
  run.events.push(...events)
  run.state = state
  if (options.wakeAt !== undefined) run.wakeAt = options.wakeAt
  else if (fence.kind === 'open' && events.length > 0) wakeRun(run, reading)
  if (isEnd(state.status)) releaseLocks(data, run.id)
  if (events.length > 0) for (const listener of data.listeners) listener(run.id)
  return {
    ok: true,
    state,
    foldedSeq: run.events.length,
    events,
    ...moment,
  }
}

/** Makes a run due, also when its holder is about to yield. */
export function wakeRun(run: MemoryRun, now: PlatformInstant): void {
  run.isWoken = true
  run.wakeAt = Math.min(run.wakeAt, now)
}

function releaseLocks(data: MemoryData, id: RunId): void {
  for (const [target, by] of data.locks) if (by === id) data.locks.delete(target)
}
