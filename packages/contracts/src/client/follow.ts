import type { LiveEvent } from '../http/timeline.ts'
import { ApiError } from './api-error.ts'
import { send, type Connection } from './request.ts'
import { createSseParser } from './sse-parser.ts'

/** Waits; ends early with its signal. In Node hand in the runtime's clock, so that waiting keeps the process alive. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>

/** How to follow a run. */
export type FollowOptions = Readonly<{
  /** The last sequence that is already known; 0 for all. */
  after?: number
  signal?: AbortSignal
  /** Told when the stream is open, and when it is lost and will be tried again after `retryInMs`. */
  onConnection?: (
    state: Readonly<{ isOpen: true } | { isOpen: false; retryInMs: number; why: string }>,
  ) => void
}>

/** Nothing for this long (the API sends a heartbeat at least every 2 s) means that the connection is dead. */
const SILENCE_MS = 6000
const RETRY_MS = [250, 500, 1000, 2000, 4000] as const

/**
 * Every event of a run once and in order, then `end` when the run is over; heartbeats in between. A lost connection is
 * opened again and resumes after the last sequence that was given out, so that nothing is missed or repeated.
 * Ends quietly with the signal. @throws ApiError with kind `problem` when the API refuses.
 */
export async function* follow(
  connection: Connection,
  runId: string,
  sleep: Sleep,
  options: FollowOptions = {},
): AsyncGenerator<LiveEvent, void> {
  const { signal = new AbortController().signal, onConnection } = options
  let seq = options.after ?? 0
  let failures = 0
  while (!signal.aborted) {
    let why = 'the stream ended'
    try {
      for await (const event of stream(connection, runId, seq, sleep, signal, () =>
        onConnection?.({ isOpen: true }),
      )) {
        failures = 0
        // A repeat is dropped; a gap cannot be, so the stream is opened anew from the last good place.
        if (event.kind === 'journal') {
          if (event.seq <= seq) continue
          if (event.seq !== seq + 1)
            throw new ApiError('unreadable', `event ${seq + 1} is missing from the stream`)
          seq = event.seq
        }
        yield event
        if (event.kind === 'end') return
      }
    } catch (error) {
      if (signal.aborted) return
      if (isRefusal(error)) throw error
      why = error instanceof Error ? error.message : String(error)
    }
    if (signal.aborted) return
    const retryInMs = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 4000
    failures++
    onConnection?.({ isOpen: false, retryInMs, why })
    await sleep(retryInMs, signal)
  }
}

/** A refusal will not become a yes by asking again; a server that is down or overloaded may. */
function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && error.kind === 'problem' && (error.problem?.status ?? 500) < 500
}

async function* stream(
  connection: Connection,
  runId: string,
  after: number,
  sleep: Sleep,
  signal: AbortSignal,
  onOpen: () => void,
): AsyncGenerator<LiveEvent, void> {
  const close = new AbortController()
  const ends = AbortSignal.any([signal, close.signal])
  try {
    const response = await withinSilence(
      send(connection, {
        path: `/v1/runs/${encodeURIComponent(runId)}/events`,
        headers: { accept: 'text/event-stream', 'last-event-id': String(after) },
        signal: ends,
      }),
      sleep,
    )
    if (response.body === null) throw new ApiError('unreadable', 'the stream has no body')
    onOpen()
    const reader = response.body.getReader()
    const decoder = new TextDecoder()
    const parser = createSseParser()
    for (;;) {
      const { done, value } = await withinSilence(reader.read(), sleep)
      if (done) return
      for (const message of parser.push(decoder.decode(value, { stream: true })))
        yield JSON.parse(message.data) as LiveEvent
    }
  } finally {
    close.abort()
  }
}

async function withinSilence<T>(answer: Promise<T>, sleep: Sleep): Promise<T> {
  const arrived = new AbortController()
  const silence = sleep(SILENCE_MS, arrived.signal).then(() => undefined)
  try {
    const first = await Promise.race([answer.then((value) => ({ value })), silence])
    if (first === undefined) throw new ApiError('unreachable', `nothing was heard for ${SILENCE_MS} ms`)
    return first.value
  } finally {
    arrived.abort()
    answer.catch(() => undefined)
  }
}
