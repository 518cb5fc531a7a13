import {
  worldInstant,
  type CallClock,
  type CompiledMarker,
  type MarkerCleanUp,
  type MarkerPath,
  type MarkerReading,
  type MarkerStore,
  type MarkerWrite,
  type MarkerWriteAnswer,
  type RunId,
} from '@firedrill/core'
import { stallLimitMs } from '../run-probe.ts'
import type { StallWatch } from '../schedule/stall-watch.ts'
import type { WorldTime } from '../schedule/world-time.ts'
import { createRecorder, type Recorder } from './recorder.ts'
import { withDeadline } from './with-deadline.ts'

/** What goes wrong around a marker without ending it. */
export type MarkerTrouble =
  | Readonly<{ kind: 'marker-path'; runId: RunId; marker: string; error: unknown }>
  | Readonly<{ kind: 'marker-record'; runId: RunId; marker: string; error: unknown; pending: number }>

/** What a marker writer needs. */
export type MarkerWriterOptions = Readonly<{
  runId: RunId
  marker: CompiledMarker
  path: MarkerPath
  store: MarkerStore
  clock: CallClock
  world: () => WorldTime
  stalls?: Pick<StallWatch, 'longestSince'> | undefined
  /** World milliseconds from the start of a period to this writer's starts, so that writers do not all start at once. */
  offsetMs?: number | undefined
  /** Nothing is written any more: the writer only finishes what an earlier one began. */
  isEnding?: boolean | undefined
  onTrouble: (trouble: MarkerTrouble) => void
}>

/** Numbered writes of one marker, one at a time. */
export type MarkerWriter = Readonly<{
  /** The primary is back: no more writes, read back until all is there or a while has passed, take the writes out. */
  finish(): Promise<void>
  /** No more writes, and nothing else: somebody will go on. */
  stop(): Promise<void>
}>

/** A writer that starts again leaves so many numbers free: those it may have written without a record of it. */
const RESTART_GAP = 100_000
/** World time that a read-back has, and for which it is repeated after the return while something is missing. */
const READ_TIMEOUT_MS = 10_000
const READ_AGAIN_MS = 5000
const READ_FOR_MS = 45_000
const PREPARE_AGAIN_MS = 2000
/** Taking out: tries before it is left to a later look. */
const CLEAN_UP_TRIES = 5

/**
 * Writes a number every period of world time; the next waits for the answer and for the record of the one before. When
 * writes go through again after one failed, whatever answers now is read back at once: that is what the surviving side
 * holds before anything is brought in from the lost one.
 */
export function writeMarkers(options: MarkerWriterOptions): MarkerWriter {
  const { runId, marker, path, store, clock, onTrouble } = options
  const stopping = new AbortController()
  if (options.isEnding === true) stopping.abort()
  const record = createRecorder({
    deliver: (writes) => store.append(runId, marker.name, writes),
    clock,
    onFailure: (error, pending) =>
      onTrouble({ kind: 'marker-record', runId, marker: marker.name, error, pending }),
  })
  const fail = (error: unknown) => onTrouble({ kind: 'marker-path', runId, marker: marker.name, error })
  const writing = write(options, record, stopping.signal, fail)

  const stop = async () => {
    stopping.abort()
    await writing
    await record.close()
  }
  return {
    stop: async () => {
      await stop()
      await path.close()
    },
    finish: async () => {
      await stop()
      await conclude(options, fail)
      await path.close()
    },
  }
}

/**
 * Reads back and takes the writes out, once: what is being taken out must not be read back any more, since it would look
 * lost. A store that is away is waited for.
 */
async function conclude(options: MarkerWriterOptions, fail: Fail): Promise<void> {
  const { runId, marker, path, store, clock, world } = options
  for (;;) {
    try {
      const last = await store.open(runId, marker.name)
      const known = (await store.read(runId)).find((one) => one.marker === marker.name)
      if (known?.cleanUp?.state === 'removed' || known?.cleanUp?.state === 'kept') return
      if (known?.cleanUp === undefined && last >= 0) {
        const wanted = known?.writes.flatMap(({ seq, outcome }) => (outcome === 'acknowledged' ? [seq] : []))
        await readAfterReturn(options, last, wanted ?? [], fail)
        await store.conclude(runId, marker.name, { state: 'pending', note: 'the writes are being taken out' })
      }
      return await store.conclude(runId, marker.name, await cleanUp(path, clock, world))
    } catch (error) {
      fail(error)
      await clock.sleep(world().realMs(READ_AGAIN_MS))
    }
  }
}

type Fail = (error: unknown) => void

async function write(
  options: MarkerWriterOptions,
  record: Recorder,
  signal: AbortSignal,
  fail: Fail,
): Promise<void> {
  const { marker, clock, world } = options
  const first = await begin(options, signal, fail)
  if (first === undefined) return
  const periodMicros = marker.periodMs * 1000
  const offset = (options.offsetMs ?? 0) * 1000
  // The first number of the failures after which nothing was read back.
  let failedFrom: number | undefined
  let wasReadInVain = false
  const nextSlot = () => Math.floor((world().at(clock.monotonicMs()) - offset) / periodMicros) + 1
  for (let count = 0; count < marker.writesMax && !signal.aborted; count++) {
    const due = worldInstant(nextSlot() * periodMicros + offset)
    const atMs = world().monotonicAt(due)
    await clock.sleep(Math.max(0, atMs - clock.monotonicMs()), signal)
    if (signal.aborted) return
    const done = await writeOne(options, first + count, atMs)
    await record.put(done, world().realMs(marker.periodMs))
    if (done.outcome === 'failed') {
      // What was acknowledged in between, and could not be read back, is asked about next time.
      if (failedFrom === undefined || wasReadInVain) failedFrom = done.seq
      wasReadInVain = false
    }
    if (done.outcome !== 'acknowledged' || failedFrom === undefined) continue
    const reading = await readBack(options, 'switch', failedFrom - 1, fail)
    wasReadInVain = reading === undefined
    if (!wasReadInVain) failedFrom = undefined
  }
}

/** Opens the record, then the path; tried again until both are there. Answers the first number to write. */
async function begin(
  { runId, marker, path, store, clock, world }: MarkerWriterOptions,
  signal: AbortSignal,
  fail: Fail,
): Promise<number | undefined> {
  while (!signal.aborted) {
    try {
      const highest = await store.open(runId, marker.name)
      const prepared = await withDeadline(clock, world().realMs(READ_TIMEOUT_MS), (ends) =>
        path.prepare(ends),
      )
      if (prepared.ok) return highest < 0 ? 0 : highest + RESTART_GAP
      fail(new Error(`nothing can be written yet: ${prepared.detail}`))
    } catch (error) {
      fail(error)
    }
    await clock.sleep(world().realMs(PREPARE_AGAIN_MS), signal)
  }
  return undefined
}

async function writeOne(
  { marker, path, clock, world, stalls }: MarkerWriterOptions,
  seq: number,
  dueMs: number,
): Promise<MarkerWrite> {
  const startMs = clock.monotonicMs()
  const answer = await withDeadline(clock, world().realMs(marker.timeoutMs), (ends) =>
    path.write(seq, ends),
  ).catch((error: unknown): MarkerWriteAnswer => ({
    end: 'unusable',
    detail: `writer ${error instanceof Error ? error.message : String(error)}`.slice(0, 200),
  }))
  const endMs = clock.monotonicMs()
  const times = { seq, sentAt: world().at(startMs), endedAt: world().at(endMs) }
  if (answer.end === 'acknowledged') return { ...times, outcome: 'acknowledged' }
  const stallMs = Math.max(startMs - dueMs, stalls?.longestSince(Math.min(startMs, dueMs)) ?? 0)
  // A writer that was not scheduled may have turned an answer into a timeout: then the failure is its own.
  const isOurs =
    answer.end === 'unusable' || (!answer.isProven && stallMs > stallLimitMs(marker.periodMs, world()))
  return { ...times, outcome: isOurs ? 'unusable' : 'failed', detail: answer.detail }
}

/** Reads once and keeps what was read. Answers whether there is a reading now. */
async function readBack(
  { runId, marker, path, store, clock, world }: MarkerWriterOptions,
  why: MarkerReading['why'],
  upTo: number,
  fail: Fail,
): Promise<MarkerReading | undefined> {
  const startedAt = world().at(clock.monotonicMs())
  try {
    const found = await withDeadline(clock, world().realMs(READ_TIMEOUT_MS), (ends) => path.read(upTo, ends))
    if (!found.ok) throw new Error(`the numbers could not be read back: ${found.detail}`)
    const endedAt = world().at(clock.monotonicMs())
    const reading: MarkerReading = { why, startedAt, endedAt, upTo, present: found.value }
    await store.addReading(runId, marker.name, reading)
    return reading
  } catch (error) {
    fail(error)
    return undefined
  }
}

/** Reads until every acknowledged write is there, or has had its time to arrive. */
async function readAfterReturn(
  options: MarkerWriterOptions,
  last: number,
  wanted: readonly number[],
  fail: Fail,
): Promise<void> {
  const { clock, world } = options
  const until = clock.monotonicMs() + world().realMs(READ_FOR_MS)
  for (;;) {
    const reading = await readBack(options, 'return', last, fail)
    const isAllThere = reading !== undefined && wanted.every((seq) => isPresent(reading, seq))
    if (isAllThere || clock.monotonicMs() >= until) return
    await clock.sleep(world().realMs(READ_AGAIN_MS))
  }
}

function isPresent({ present }: MarkerReading, seq: number): boolean {
  return present.some(([from, to]) => seq >= from && seq <= to)
}

/** Takes the writes out, with a few tries. */
export async function cleanUp(
  path: MarkerPath,
  clock: CallClock,
  world: () => WorldTime,
): Promise<MarkerCleanUp> {
  for (let attempt = 1; ; attempt++) {
    const done = await withDeadline(clock, world().realMs(READ_TIMEOUT_MS), (ends) =>
      path.cleanUp(ends),
    ).catch((error: unknown): MarkerCleanUp => ({
      state: 'failed',
      note: (error instanceof Error ? error.message : String(error)).slice(0, 200),
    }))
    if (done.state !== 'failed' || attempt >= CLEAN_UP_TRIES) return done
    await clock.sleep(world().realMs(READ_AGAIN_MS))
  }
}
