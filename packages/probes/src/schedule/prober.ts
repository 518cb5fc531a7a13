import {
  worldInstant,
  type CallClock,
  type Clock,
  type CompiledProbe,
  type EnvironmentClock,
  type Reach,
  type Sample,
} from '@firedrill/core'
import type { Vantage } from '../probe-context.ts'
import { createKeptConnection, type KeptConnection } from '../http/kept-connection.ts'
import { runProbe, stallLimitMs, type MakeAttempt } from '../run-probe.ts'
import { watchStalls, type StallWatch } from './stall-watch.ts'
import { worldTime, type Anchor, type WorldTime } from './world-time.ts'

/** Runs the probes of one run from all its vantages until it is stopped. */
export type Prober = Readonly<{
  /** The environment's clock changed its rate; what is due is reckoned anew. */
  setClock(clock: EnvironmentClock): void
  /** Starts no more probes and waits for those in flight, at most one timeout. */
  stop(): Promise<void>
}>

/** What a prober needs. */
export type ProberOptions = Readonly<{
  probes: readonly CompiledProbe[]
  vantages: readonly Vantage[]
  proxy?: string | undefined
  /** Certificate authorities to trust besides the well-known ones, PEM. */
  ca?: string | undefined
  reach?: Reach | undefined
  anchor: Anchor
  environmentClock: EnvironmentClock
  clock: CallClock
  /** Takes every sample, once, at the end of its probe. */
  onSample: (sample: Sample) => void
  /** Stands in for the network. Default: the network itself. */
  attempt?: MakeAttempt | undefined
  /** Knows when this prober was not scheduled. Default: a heartbeat, but none in a world that stands still between jumps. */
  stalls?: StallWatch | undefined
}>

const BEAT_MIN_MS = 2
const BEAT_MAX_MS = 25

type Stream = Readonly<{
  probe: CompiledProbe
  vantage: Vantage
  offset: number
  kept: KeptConnection | undefined
}>

/**
 * Starts each probe from each vantage at least once a period of world time, on an absolute grid: a late start does not move the
 * next one. Streams are spread over a slot, starts scattered over a quarter of their slot. A probe that is still in flight at the next start does not delay it. Slots that
 * passed while the process was not running are recorded as one unusable sample, never made up for.
 */
export function createProber(options: ProberOptions): Prober {
  const { probes, vantages, clock } = options
  const stopping = new AbortController()
  const inFlight = new Set<Promise<void>>()
  let environmentClock = options.environmentClock
  let world = worldTime(options.anchor, environmentClock)
  const shortestMs = Math.min(...probes.map(({ periodMs }) => stallLimitMs(periodMs, world)))
  // A world that stands still while anything is left to do cannot be slept through.
  const stalls =
    options.stalls ??
    (environmentClock.rate === 0
      ? undefined
      : watchStalls(() => clock.monotonicMs(), Math.min(BEAT_MAX_MS, Math.max(BEAT_MIN_MS, shortestMs / 2))))

  const launch = (stream: Stream, dueMs: number) => {
    const flight = runProbe(stream.probe, stream.vantage, {
      clock,
      world,
      proxy: options.proxy,
      ca: options.ca,
      reach: options.reach,
      kept: stream.kept,
      stalls,
      dueMs,
      attempt: options.attempt,
    }).then(options.onSample)
    inFlight.add(flight)
    void flight.finally(() => inFlight.delete(flight))
  }

  const streams = spread(probes, vantages, environmentClock.rate === 0)
  const following = streams.map((stream) =>
    follow(stream, {
      clock,
      signal: stopping.signal,
      world: () => world,
      launch,
      onSample: options.onSample,
    }),
  )

  return {
    setClock: (next) => {
      if (isSame(next, environmentClock)) return
      environmentClock = next
      world = worldTime(options.anchor, next)
    },
    stop: async () => {
      stopping.abort()
      await Promise.all(following)
      await Promise.all(inFlight)
      for (const { kept } of streams) kept?.close()
      stalls?.stop()
    },
  }
}

type Following = Readonly<{
  clock: Clock
  signal: AbortSignal
  world: () => WorldTime
  launch: (stream: Stream, dueMs: number) => void
  onSample: (sample: Sample) => void
}>

const GOLDEN_RATIO = 0.618_033_988_749_895
/**
 * Share of a slot over which starts are scattered: probes that are exact could stay in step with a service that fails every
 * n-th request, or every second, and never meet it.
 */
const SCATTER_SHARE = 1 / 4
/**
 * A slot's share of the period, about 0.866: so no two starts are more than a period apart, however they are scattered. Neither
 * is it a whole part of the period or of several: beside a rhythm of seconds the slots drift, and meet every part of it.
 */
export const SLOT_SHARE = 1 / (1 + SCATTER_SHARE * GOLDEN_RATIO)

async function follow(stream: Stream, { clock, signal, world, launch, onSample }: Following): Promise<void> {
  const slotMicros = stream.probe.periodMs * 1000 * SLOT_SHARE
  const slotAt = (instant: number) => Math.floor((instant - stream.offset) / slotMicros)
  // Multiples of the golden ratio fill an interval evenly, and repeat for the same slot.
  const scatter = (slot: number) => ((slot * GOLDEN_RATIO) % 1) * SCATTER_SHARE * slotMicros
  const dueOf = (slot: number) => worldInstant(Math.floor(slot * slotMicros + stream.offset + scatter(slot)))

  let slot = slotAt(world().at(clock.monotonicMs())) + 1
  while (!signal.aborted) {
    await clock.sleep(Math.max(0, world().monotonicAt(dueOf(slot)) - clock.monotonicMs()), signal)
    if (signal.aborted) return
    const now = world().at(clock.monotonicMs())
    const missed = Math.floor((now - dueOf(slot)) / slotMicros)
    if (missed > 0) {
      onSample({
        probe: stream.probe.name,
        vantage: stream.vantage.name,
        start: dueOf(slot),
        end: now,
        outcome: 'unusable',
        detail: `late: ${missed} not started`,
      })
      slot += missed
    }
    // A clock that slowed down while this slept leaves the slot in the future: it is waited for again.
    if (slotAt(now) < slot - 1) continue
    launch(stream, world().monotonicAt(dueOf(slot)))
    slot = Math.max(slot, slotAt(now)) + 1
  }
}

/**
 * Every probe from every vantage, their starts spread evenly over a slot; at one instant where the world stands still
 * meanwhile, since it takes longest to go from one instant to the next.
 */
function spread(
  probes: readonly CompiledProbe[],
  vantages: readonly Vantage[],
  isTogether: boolean,
): readonly Stream[] {
  const count = probes.length * vantages.length
  return probes.flatMap((probe, row) =>
    vantages.map((vantage, column) => ({
      probe,
      vantage,
      kept: keepsConnection(probe) ? createKeptConnection() : undefined,
      offset: isTogether
        ? 0
        : Math.round((probe.periodMs * 1000 * SLOT_SHARE * (row * vantages.length + column)) / count),
    })),
  )
}

function keepsConnection(probe: CompiledProbe): boolean {
  return probe.kind === 'http' && probe.connection === 'kept'
}

function isSame(a: EnvironmentClock, b: EnvironmentClock): boolean {
  return a.anchorPlatform === b.anchorPlatform && a.anchorWorld === b.anchorWorld && a.rate === b.rate
}
