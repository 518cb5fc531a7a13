import type { CallClock, CompiledProbe, Reach, Sample } from '@firedrill/core'
import { unproven, type Attempt } from './attempt.ts'
import { attemptDns } from './dns/dns-probe.ts'
import { attemptHttp } from './http/http-probe.ts'
import type { AttemptContext, Vantage } from './probe-context.ts'
import type { StallWatch } from './schedule/stall-watch.ts'
import type { WorldTime } from './schedule/world-time.ts'
import { attemptPing } from './ping/ping-probe.ts'
import { attemptTcp } from './tcp/tcp-probe.ts'
import { attemptTls } from './tls/tls-probe.ts'
import type { KeptConnection } from './http/kept-connection.ts'

/** Makes one attempt of a probe: over the network, unless something stands in for it. Ends when its signal does. */
export type MakeAttempt = (
  probe: CompiledProbe,
  vantage: Vantage,
  context: AttemptContext,
) => Promise<Attempt>

/** What a probe needs besides itself. */
export type ProbeDeps = Readonly<{
  clock: CallClock
  world: WorldTime
  proxy?: string | undefined
  ca?: string | undefined
  reach?: Reach | undefined
  kept?: KeptConnection | undefined
  /** Absent: the prober is taken to be punctual. */
  stalls?: Pick<StallWatch, 'longestSince'> | undefined
  /** When the probe should have started, on the monotonic clock; default now. */
  dueMs?: number | undefined
  /** Default: over the network. */
  attempt?: MakeAttempt | undefined
}>

/** Below this no timer of a busy machine can be trusted, so a stall is none. Real milliseconds. */
const STALL_MIN_MS = 5
const LATE_SHARE = 0.1

/** A reason of our own: without one an error with its stack would be made for every probe. */
const ANSWERED = 'answered'

/** From so long on the prober counts as stalled: a tenth of its period, in real milliseconds. */
export function stallLimitMs(periodMs: number, world: WorldTime): number {
  return Math.max(STALL_MIN_MS, world.realMs(periodMs) * LATE_SHARE)
}

/**
 * Runs a probe once, now, from a vantage. Never throws.
 *
 * A prober that started late or was not scheduled in between may turn a good answer into a timeout. Such failures are
 * `unusable`: they say something about us, not about the service. What a late prober cannot invent stays what it is: a good
 * answer, a refusal, a status, NXDOMAIN. Slowness of the service delays no heartbeat of ours and is never excused.
 */
export async function runProbe(probe: CompiledProbe, vantage: Vantage, deps: ProbeDeps): Promise<Sample> {
  const { clock, world } = deps
  const startMs = clock.monotonicMs()
  const dueMs = deps.dueMs ?? startMs
  const deadline = new AbortController()
  const timeoutMs = world.realMs(probe.timeoutMs)
  const answered = new AbortController()
  void clock.sleep(timeoutMs, answered.signal).then(() => deadline.abort())
  const attempt = await clock.work(() =>
    attemptOf(deps.attempt ?? overNetwork, probe, vantage, {
      resolver: vantage.resolver,
      proxy: deps.proxy,
      ca: deps.ca,
      reach: deps.reach,
      kept: deps.kept,
      timeoutMs,
      signal: deadline.signal,
    }),
  )
  answered.abort(ANSWERED)
  const endMs = clock.monotonicMs()
  const judged = judgeLatency(probe, attempt, (endMs - startMs) / world.realMs(1))
  const stallMs = Math.max(startMs - dueMs, deps.stalls?.longestSince(Math.min(startMs, dueMs)) ?? 0)
  const isStalled = stallMs > stallLimitMs(probe.periodMs, world)
  return {
    probe: probe.name,
    vantage: vantage.name,
    start: world.at(startMs),
    end: world.at(endMs),
    ...outcomeOf(judged, isStalled ? stallMs : undefined),
  }
}

const overNetwork: MakeAttempt = (probe, _vantage, context) => {
  switch (probe.kind) {
    case 'http':
      return attemptHttp(probe, context)
    case 'dns':
      return attemptDns(probe, context)
    case 'tcp':
      return attemptTcp(probe, context)
    case 'tls':
      return attemptTls(probe, context)
    case 'ping':
      return attemptPing(probe, context)
  }
}

async function attemptOf(
  attempt: MakeAttempt,
  probe: CompiledProbe,
  vantage: Vantage,
  context: AttemptContext,
): Promise<Attempt> {
  try {
    return await attempt(probe, vantage, context)
  } catch (error) {
    // A bug of ours or a malformed address: the reason goes on the record, and nobody takes it for an outage.
    return {
      end: 'unusable',
      detail: `prober ${error instanceof Error ? error.message : String(error)}`.slice(0, 200),
    }
  }
}

/** `tookMs` is world time. */
function judgeLatency(probe: CompiledProbe, attempt: Attempt, tookMs: number): Attempt {
  const isSlow = attempt.end === 'good' && probe.latencyMaxMs !== undefined && tookMs > probe.latencyMaxMs
  return isSlow ? unproven('slow') : attempt
}

function outcomeOf(attempt: Attempt, stallMs: number | undefined): Pick<Sample, 'outcome' | 'detail'> {
  switch (attempt.end) {
    case 'good':
      return { outcome: 'good', detail: attempt.answers }
    case 'unusable':
      return { outcome: 'unusable', detail: attempt.detail }
    case 'bad':
      return stallMs === undefined || attempt.isProven
        ? { outcome: 'bad', detail: attempt.detail }
        : { outcome: 'unusable', detail: `late ${Math.round(stallMs)} ms: ${attempt.detail}` }
  }
}
