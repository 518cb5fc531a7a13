import {
  reachOf,
  type CallClock,
  type ClockReading,
  type CompiledEnvironment,
  type CompiledScenario,
  type EnvironmentClock,
  type Metrics,
  type RunId,
  type Sample,
  type Samples,
} from '@firedrill/core'
import type { Exchange } from '../remote/clock-bound.ts'
import { createBatcher, type Batcher } from '../schedule/batcher.ts'
import { createProber } from '../schedule/prober.ts'
import type { Anchor } from '../schedule/world-time.ts'
import { compareClocks, type DatedAnswer } from './compare-clocks.ts'
import { publishRemote } from './publish-remote.ts'
import type { ProbeTrouble } from './probe-role.ts'

/** One run whose probes are running. */
export type ProbedRun = Readonly<{
  setClock(clock: EnvironmentClock): void
  /** Puts on record what an exchange with the platform says of the prober's clock. */
  compared(exchange: Exchange): void
  /** Stops probing and hands over what is left; a store that takes nothing is given up after a while. */
  stop(): Promise<void>
}>

/** What probing one run needs. */
export type ProbedRunOptions = Readonly<{
  runId: RunId
  scenario: CompiledScenario
  environment: CompiledEnvironment
  environmentClock: EnvironmentClock
  anchor: Anchor
  clock: CallClock
  samples: Pick<Samples, 'append' | 'read' | 'noteClocks'>
  metrics: Pick<Metrics, 'publish'>
  onTrouble: (trouble: ProbeTrouble) => void
}>

/** A live page and the provisional measurement see a sample at most this late. Real time, like all of these. */
const APPEND_EVERY_MS = 200
/** In a world that stands still between jumps nobody watches, and all of these are world time. */
const APPEND_EVERY_LOCKSTEP_MS = 2000
const APPEND_MAX = 2000
/** Hours of samples, in case the store is away for hours. */
const APPEND_KEEP = 200_000
const PUBLISH_EVERY_MS = 1000
const PUBLISH_EVERY_LOCKSTEP_MS = 5000
const PUBLISH_MAX = 1000
/** Published metrics are a cross-check, the samples are the record: less is kept for them. */
const PUBLISH_KEEP = 20_000
const CLOCKS_EVERY_MS = 1000
const CLOCKS_MAX = 500
/** CloudWatch answers every second; so often is enough to know its clock. */
const CLOUD_CLOCK_EVERY_MS = 5000
const APPEND_DRAIN_MS = 10_000
const PUBLISH_DRAIN_MS = 3000

/**
 * Starts the probes of a run: every sample goes to the store, and to CloudWatch as 1-second metrics. What probers elsewhere
 * handed in to the store is published too.
 */
export function probeRun(options: ProbedRunOptions): ProbedRun {
  const { runId, scenario, environment, clock, onTrouble } = options
  const stored = createBatcher<Sample>({
    deliver: (batch) => options.samples.append(runId, batch),
    clock,
    everyMs: options.environmentClock.rate === 0 ? APPEND_EVERY_LOCKSTEP_MS : APPEND_EVERY_MS,
    batchMax: APPEND_MAX,
    keepMax: APPEND_KEEP,
    onFailure: (error, pending) => onTrouble({ kind: 'append', runId, error, pending }),
  })
  const comparison = compareClocks(options.anchor, options.environmentClock)
  const clocks = createBatcher<ClockReading>({
    deliver: (batch) => options.samples.noteClocks(runId, batch),
    clock,
    everyMs: CLOCKS_EVERY_MS,
    batchMax: CLOCKS_MAX,
    keepMax: APPEND_KEEP,
    onFailure: (error, pending) => onTrouble({ kind: 'append', runId, error, pending }),
  })
  const note = (reading: ClockReading | undefined) => {
    if (reading !== undefined) clocks.add(reading)
  }
  let cloudComparedMs = Number.NEGATIVE_INFINITY
  const published = publisher(options, (answer) => {
    if (answer.receivedMs - cloudComparedMs < CLOUD_CLOCK_EVERY_MS) return
    cloudComparedMs = answer.receivedMs
    note(comparison.cloud(answer))
  })
  const prober = createProber({
    probes: scenario.probes,
    vantages: environment.probes.vantages.filter(({ remote }) => remote !== true),
    proxy: environment.probes.proxy,
    ca: environment.probes.ca,
    reach: reachOf(environment),
    anchor: options.anchor,
    environmentClock: options.environmentClock,
    clock,
    onSample: (sample) => {
      stored.add(sample)
      published.add(sample)
    },
  })
  const remote = publishRemote({
    runId,
    vantages: environment.probes.vantages.flatMap(({ name, remote }) => (remote === true ? [name] : [])),
    probes: scenario.probes,
    samples: options.samples,
    clock,
    publish: (sample) => published.add(sample),
    onFailure: (error) => onTrouble({ kind: 'publish', runId, error, pending: published.pending() }),
  })
  return {
    setClock: (next) => {
      comparison.setClock(next)
      prober.setClock(next)
    },
    compared: (exchange) => note(comparison.prober(exchange)),
    stop: async () => {
      await prober.stop()
      await remote.stop()
      const [left, unpublished] = await Promise.all([
        stored.close(APPEND_DRAIN_MS),
        published.close(PUBLISH_DRAIN_MS),
        clocks.close(APPEND_DRAIN_MS),
      ])
      if (left + stored.lost() > 0) onTrouble({ kind: 'lost-samples', runId, count: left + stored.lost() })
      if (unpublished + published.lost() > 0)
        onTrouble({ kind: 'lost-metrics', runId, count: unpublished + published.lost() })
    },
  }
}

function publisher(
  { runId, environment, environmentClock, clock, metrics, onTrouble }: ProbedRunOptions,
  onAnswer: (answer: DatedAnswer) => void,
): Batcher<Sample> {
  return createBatcher<Sample>({
    deliver: async (batch, signal) => {
      const sentMs = clock.monotonicMs()
      const outcome = await metrics.publish(environment, runId, batch, signal)
      if (outcome.ok) {
        if (outcome.value !== null)
          onAnswer({ sentMs, receivedMs: clock.monotonicMs(), second: outcome.value })
        return
      }
      const { kind, operation, code, message } = outcome.failure
      // What CloudWatch will never take is reported and dropped; everything else is worth another try.
      if (kind !== 'denied' && kind !== 'invalid') throw new Error(`${operation} ${code}: ${message}`)
      onTrouble({ kind: 'publish', runId, error: new Error(`${operation} ${code}: ${message}`), pending: 0 })
    },
    clock,
    everyMs: environmentClock.rate === 0 ? PUBLISH_EVERY_LOCKSTEP_MS : PUBLISH_EVERY_MS,
    batchMax: PUBLISH_MAX,
    keepMax: PUBLISH_KEEP,
    onFailure: (error, pending) => onTrouble({ kind: 'publish', runId, error, pending }),
  })
}
