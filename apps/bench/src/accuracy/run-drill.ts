import {
  responseSeen,
  worldInstant,
  type CompiledMarker,
  type MeasureInput,
  type MetricBucket,
} from '@firedrill/core'
import { SECOND, type World } from '@firedrill/sim'
import { buildScenario } from '@firedrill/testkit'
import { chanceOf, type Chance } from './chance.ts'
import type { Drill } from './draw-drill.ts'
import { START_AT, type DrillSite, type OpenSite } from './drill-site.ts'
import { ALARM, publishedMetrics, readAlarm, readMetrics, trueAlarms } from './evidence.ts'
import { happenings, labFault, SERVICE, type Happening, type PutIn } from './lab-fault.ts'
import { openLab } from './lab-site.ts'
import type { Stretch, TruthQuestion } from './true-outage.ts'
import { downFrom, failingUsers, trueLoss, watchStore, type TrueLoss } from './witness.ts'

/** What a drill left: the evidence as the platform has it, and the truth as the world has it. */
export type PlayedDrill = Readonly<{
  drill: Drill
  /** With objectives of an hour: those that are judged are set later, the figures do not depend on them. */
  input: MeasureInput
  truth: Readonly<{
    question: TruthQuestion
    /** By vantage. */
    down: readonly (readonly Stretch[])[]
    failing: readonly Stretch[]
    alarms: readonly Readonly<{ at: number; isOn: boolean }>[]
    loss: TrueLoss | undefined
    /** Alarms were watched up to here. */
    readTo: number
  }>
}>

const BASELINE_SECONDS = 75
const LOOK_EVERY_SECONDS = 10
const GOOD_AT_LEAST = 99
const MARKER = 'orders'

/** Plays one drill from beginning to end in a world of its own. */
export async function runDrill(drill: Drill, open: OpenSite = openLab): Promise<PlayedDrill> {
  const site = await open(drill)
  try {
    return await play(drill, site)
  } finally {
    await site.close()
  }
}

async function play(drill: Drill, time: DrillSite): Promise<PlayedDrill> {
  const { seed, file, spoiling, ending } = drill
  const { world } = time
  const chance = chanceOf(seed, 'run')
  const lostAt = watchStore(world)
  const scenario = scenarioOf(drill)
  const vantages = file.spec.vantages.slice(0, drill.vantages).map(({ name }) => name)
  const watch = time.watch(scenario, vantages)

  const injectAt = injectionAt(chance)
  if (drill.pausedSeconds > 0) {
    await time.runTo(injectAt - drill.pausedSeconds * SECOND)
    setReplication(world, true)
  }
  await time.runTo(injectAt)
  const fault = labFault(drill, world, chance)
  fault.inject()
  const expected = happenings(drill, world, injectAt, chance)
  const inputSoFar = (provisional: boolean): MeasureInput => ({
    scenario: fault.isUndoTheResponse ? { ...scenario, response: 'restore' } : scenario,
    vantages,
    samples: watch.samples,
    injected: { lo: worldInstant(injectAt - 200_000), hi: worldInstant(injectAt + 3 * SECOND) },
    injectionIssuedAt: worldInstant(injectAt - 250_000),
    faultsConfirmed: true,
    provisional,
    observedTo: worldInstant(time.now()),
    clockErrorMicros: watch.clockErrorMicros,
    evidence: [],
  })
  const undoneAt = await untilUndo(drill, time, { expected, injectAt, fault }, () =>
    responseSeen(inputSoFar(true)),
  )
  const backAt = await takeOut(time, fault, expected, undoneAt)
  setReplication(world, false)
  // Caches that overstay go on for a while where putting it back is all the response there is.
  const end = backAt + (fault.isUndoTheResponse ? 480 : 70) * SECOND
  await watch.finish(end)
  const readAt = spoiling.isReadEarly ? time.now() : time.now() + 240 * SECOND
  await time.runTo(readAt)

  const isExpiry = ending.how === 'expiry' && !fault.isUndoTheResponse
  const cutOffAt = fault.isUndoTheResponse ? Number.POSITIVE_INFINITY : undoneAt
  const metrics = Object.fromEntries(
    [1, 10, 60].map((periodSeconds) => [
      `metric-${periodSeconds}`,
      stampedBy(
        drill.skew?.cloudMicros ?? 0,
        readMetrics(world, { from: START_AT - 60 * SECOND, periodSeconds }, spoiling.throttledShare, chance),
      ),
    ]),
  )
  const input: MeasureInput = {
    ...inputSoFar(false),
    ...(isExpiry ? { nativeExpiryAt: worldInstant(undoneAt) } : { undoIssuedAt: worldInstant(undoneAt) }),
    restored: { lo: worldInstant(undoneAt), hi: worldInstant(backAt) },
    metrics,
    alarms: { detection: readAlarm(world, watch.cloudOffset, chance) },
    probeMetrics: publishedMetrics(watch.samples, 'front', vantages),
    clocks: watch.clocks(),
    markers: watch.markers(),
  }
  const heard = new Set(
    (input.markers?.[MARKER]?.writes ?? []).flatMap(({ seq, outcome }) =>
      outcome === 'acknowledged' ? [seq] : [],
    ),
  )
  return {
    drill,
    input,
    truth: {
      question: { from: injectAt, cutOffAt, end, holdMicros: drill.holdMs * 1000 },
      down: vantages.map((vantage) => downFrom(world, vantage, injectAt)),
      failing: failingUsers(world, injectAt, GOOD_AT_LEAST),
      alarms: trueAlarms(world),
      readTo: time.now(),
      loss: trueLoss(
        world,
        {
          marker: MARKER,
          vantage: drill.file.spec.vantages.at(-1)?.name ?? '',
          isHeard: (number) => heard.has(number),
          cutOffAt,
        },
        lostAt(),
      ),
    },
  }
}

/** When the fault goes in: the first thing that the chance of a run, `chanceOf(seed, 'run')`, draws. */
export function injectionAt(chance: Chance): number {
  return START_AT + Math.round((BASELINE_SECONDS + chance.between(0, 20)) * SECOND)
}

/** Buckets as a clock that is ahead stamps them. */
function stampedBy(ahead: number, buckets: readonly MetricBucket[]): readonly MetricBucket[] {
  return buckets.map((bucket) => ({ ...bucket, start: worldInstant(bucket.start + ahead) }))
}

function scenarioOf({ file, periodMs, timeoutMs, goodInARow, holdMs, nativePeriodSeconds, seed }: Drill) {
  const hour = 3_600_000
  const metric = (periodSeconds: number) => ({
    kind: 'recovery-time' as const,
    name: `metric-${periodSeconds}`,
    maxMs: hour,
    source: {
      from: 'metric' as const,
      region: 'standby',
      namespace: 'Larkspur/Checkout',
      metric: 'Availability',
      dimensions: { Service: 'checkout' },
      statistic: 'Average' as const,
      periodSeconds,
      goodAtLeast: GOOD_AT_LEAST,
    },
    sustained: { goodInARow: 1, holdMs: metricHoldMs(holdMs, periodSeconds) },
  })
  const marker: CompiledMarker = {
    kind: 'postgresql',
    name: MARKER,
    database: 'orders',
    periodMs: chanceOf(seed, 'marker').pick([500, 1000, 2000]),
    timeoutMs: 2000,
    order: 'ordered',
    writesMax: 10_000,
  }
  return buildScenario({
    probes: [
      {
        kind: 'http',
        name: 'front',
        periodMs,
        timeoutMs,
        url: `http://${SERVICE}/health`,
        method: 'GET',
        status: [200],
      },
    ],
    objectives: [
      {
        kind: 'recovery-time',
        name: 'probe',
        maxMs: hour,
        source: { from: 'probe', probe: 'front' },
        sustained: { goodInARow, holdMs },
      },
      ...[1, 10, 60].filter((seconds) => seconds >= nativePeriodSeconds).map(metric),
      {
        kind: 'detection-time',
        name: 'detection',
        maxMs: hour,
        probe: 'front',
        alarm: { region: 'standby', name: ALARM },
      },
      ...(file.spec.stores.length === 0
        ? []
        : [{ kind: 'data-loss' as const, name: 'loss', maxMs: hour, marker: MARKER }]),
    ],
    ...(file.spec.stores.length === 0 ? {} : { markers: [marker] }),
  })
}

/** A recovery that is told by buckets has to hold for several of them. */
export function metricHoldMs(holdMs: number, periodSeconds: number): number {
  return Math.max(holdMs, 3000 * periodSeconds)
}

type Ahead = Readonly<{ expected: readonly Happening[]; injectAt: number; fault: PutIn }>

/** Lets the world go on until the drill's undo is due; answers when that is. */
async function untilUndo(
  { ending, actAfterSeconds }: Drill,
  time: DrillSite,
  { expected, injectAt, fault }: Ahead,
  look: () => Readonly<{ isSeen: boolean }>,
): Promise<number> {
  const seconds = fault.isUndoTheResponse ? actAfterSeconds : ending.afterSeconds
  const latest = injectAt + seconds * SECOND
  while (time.now() < latest) {
    await runThrough(time, expected, Math.min(latest, time.now() + LOOK_EVERY_SECONDS * SECOND))
    if (ending.how === 'seen' && !fault.isUndoTheResponse && look().isSeen) break
  }
  return time.now()
}

/** Takes the fault out; what cannot be done yet is tried again. Answers when everything is taken to be back. */
async function takeOut(
  time: DrillSite,
  fault: PutIn,
  expected: readonly Happening[],
  undoneAt: number,
): Promise<number> {
  for (let seconds = 0; seconds < 180; seconds += LOOK_EVERY_SECONDS) {
    fault.undo()
    await runThrough(time, expected, undoneAt + (seconds + LOOK_EVERY_SECONDS) * SECOND)
  }
  return time.now()
}

async function runThrough(time: DrillSite, expected: readonly Happening[], until: number): Promise<void> {
  const from = time.now()
  for (const { at, act } of expected.filter((one) => one.at > from && one.at <= until)) {
    await time.runTo(at)
    act()
  }
  await time.runTo(until)
}

function setReplication(world: World, isPaused: boolean): void {
  for (const { store, region } of world.stores.replicas.values())
    world.stores.setPaused(store, region, isPaused, 'drill')
}
