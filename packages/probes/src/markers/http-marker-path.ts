import type {
  CompiledMarker,
  MarkerAnswer,
  MarkerCleanUp,
  MarkerPath,
  MarkerRanges,
  MarkerRequest,
  MarkerWriteAnswer,
  Reach,
  RunId,
} from '@firedrill/core'
import type { Attempt } from '../attempt.ts'
import { exchange, type Exchange } from '../http/exchange.ts'
import type { Vantage } from '../probe-context.ts'
import { fillTemplate, type TemplateValues } from './fill-template.ts'
import { readNumbers } from './read-numbers.ts'

type HttpMarker = Extract<CompiledMarker, { kind: 'http' }>

/** From where an HTTP marker is written. */
export type HttpMarkerContext = Readonly<{
  runId: RunId
  vantage: Vantage
  proxy?: string | undefined
  ca?: string | undefined
  reach?: Reach | undefined
  /** Real time that a name server has to answer in. */
  timeoutMs: number
}>

/** A write path of HTTP requests, each over a connection and a name resolution of its own, like a new user's. */
export function httpMarkerPath(marker: HttpMarker, where: HttpMarkerContext): MarkerPath {
  const fixed = { run: where.runId, marker: marker.name }
  const ask = (request: MarkerRequest, values: TemplateValues, signal: AbortSignal) =>
    exchange(fill(request, { ...fixed, ...values }), {
      resolver: where.vantage.resolver,
      proxy: where.proxy,
      ca: where.ca,
      reach: where.reach,
      timeoutMs: where.timeoutMs,
      signal,
    })

  const write = async (sequence: number, signal: AbortSignal): Promise<MarkerWriteAnswer> => {
    const answer = await ask(marker.write, { sequence }, signal)
    if (!answer.ok) return failureOf(answer.attempt)
    const { status, body } = answer.value
    if (!marker.write.status.includes(status))
      return { end: 'failed', detail: `status ${status}`, isProven: true }
    return marker.write.includes !== undefined && !body.includes(marker.write.includes)
      ? { end: 'failed', detail: 'body mismatch', isProven: true }
      : { end: 'acknowledged' }
  }

  const read = async (upTo: number, signal: AbortSignal): Promise<MarkerAnswer<MarkerRanges>> => {
    const answer = await ask(marker.read, { upTo }, signal)
    if (!answer.ok) return { ok: false, detail: detailOf(answer.attempt) }
    if (!marker.read.status.includes(answer.value.status))
      return { ok: false, detail: `status ${answer.value.status}` }
    return readNumbers(answer.value.body, marker.read)
  }

  const cleanUp = async (signal: AbortSignal): Promise<MarkerCleanUp> => {
    if (marker.cleanUp === undefined)
      return { state: 'kept', note: 'the scenario leaves the writes where they are' }
    const answer = await ask(marker.cleanUp, {}, signal)
    if (!answer.ok) return { state: 'failed', note: detailOf(answer.attempt) }
    if (!marker.cleanUp.status.includes(answer.value.status))
      return { state: 'failed', note: `status ${answer.value.status}` }
    const left = await read(Number.MAX_SAFE_INTEGER, signal)
    if (!left.ok) {
      // What answers that it does not exist any more is gone.
      const isGone = left.detail === 'status 404' || left.detail === 'status 410'
      return isGone
        ? { state: 'removed', note: `read back: ${left.detail}` }
        : { state: 'failed', note: `asked to go, not seen to be gone: ${left.detail}` }
    }
    return left.value.length === 0
      ? { state: 'removed', note: 'read back: none is left' }
      : { state: 'failed', note: `some are still there, from number ${left.value[0]?.[0] ?? 0} on` }
  }

  return {
    prepare: () => Promise.resolve({ ok: true, value: null }),
    write,
    read,
    cleanUp,
    close: () => Promise.resolve(),
  }
}

function fill({ method, url, headers, body }: MarkerRequest, values: TemplateValues): Exchange {
  return {
    method,
    url: fillTemplate(url, values),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, fillTemplate(value, values)]),
    ),
    ...(body === undefined ? {} : { body: fillTemplate(body, values) }),
  }
}

function failureOf(attempt: Attempt): MarkerWriteAnswer {
  switch (attempt.end) {
    case 'unusable':
      return { end: 'unusable', detail: attempt.detail }
    case 'bad':
      return { end: 'failed', detail: attempt.detail, isProven: attempt.isProven }
    case 'good':
      return { end: 'unusable', detail: 'an attempt without an answer' }
  }
}

function detailOf(attempt: Attempt): string {
  return attempt.end === 'good' ? 'no answer' : attempt.detail
}
