import {
  platformInstant,
  responseSeen,
  worldInstant,
  type CompiledMarker,
  type CompiledScenario,
  type MarkerRecord,
  type MeasureInput,
  type RunId,
  type Sample,
} from '@firedrill/core'
import { createProber, worldTime, writeMarkers, type MarkerWriter } from '@firedrill/probes'
import { openWorld, SECOND, type OpenWorld } from '@firedrill/sim'
import { buildScenario } from '@firedrill/testkit'
import { chanceOf } from './chance.ts'
import { conditionOf } from './condition.ts'
import type { Drill } from './draw-drill.ts'
import { ALARM, publishedMetrics, readAlarm, readMetrics, trueAlarms } from './evidence.ts'
import { happenings, labFault, SERVICE, type Happening, type PutIn } from './lab-fault.ts'
import { labAttempt, labMarkerPath } from './lab-network.ts'
import { LabTime, type Condition } from './lab-time.ts'
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

const START_AT = Date.UTC(2026, 10, 3, 9, 0, 0) * 1000
const WARM_UP_SECONDS = 240
const BASELINE_SECONDS = 75
const LOOK_EVERY_SECONDS = 10
const GOOD_AT_LEAST = 99
const MARKER = 'orders'
const RUN = 'run_00000000000000000000000001' as RunId
const REAL_TIME = { anchorPlatform: platformInstant(START_AT), anchorWorld: worldInstant(START_AT), rate: 1 }

/** Plays one drill from beginning to end in a world of its own. */
export async function runDrill(drill: Drill): Promise<PlayedDrill> {
  const { seed, file, spoiling, ending } = drill
  const lab = openWorld({ file, seed, startAt: START_AT, warmUpSeconds: WARM_UP_SECONDS })
  const chance = chanceOf(seed, 'run')
  const time = new LabTime(START_AT, (at) => lab.advanceTo(at))
  const lostAt = watchStore(lab)
  const scenario = scenarioOf(drill)
  const vantages = file.spec.vantages.slice(0, drill.vantages).map(({ name }) => name)
  const watch = startWatching(drill, lab, time, scenario, vantages)

  const injectAt = START_AT + Math.round((BASELINE_SECONDS + chance.between(0, 20)) * SECOND)
  if (drill.pausedSeconds > 0) {
    await time.runTo(injectAt - drill.pausedSeconds * SECOND)
    setReplication(lab, true)
  }
  await time.runTo(injectAt)
  const fault = labFault(drill, lab, chance)
  fault.inject()
  const expected = happenings(drill, lab, injectAt, chance)
  const inputSoFar = (provisional: boolean): MeasureInput => ({
    scenario: fault.isUndoTheResponse ? { ...scenario, response: 'restore' } : scenario,
    vantages,
    samples: watch.samples,
    injected: { lo: worldInstant(injectAt - 200_000), hi: worldInstant(injectAt + 3 * SECOND) },
    injectionIssuedAt: worldInstant(injectAt - 250_000),
    faultsConfirmed: true,
    provisional,
    observedTo: worldInstant(time.now()),
    clockErrorMicros: spoiling.clockErrorMicros,
    evidence: [],
  })
  const undoneAt = await untilUndo(drill, time, { expected, injectAt, fault }, () =>
    responseSeen(inputSoFar(true)),
  )
  const backAt = await takeOut(time, fault, expected, undoneAt)
  setReplication(lab, false)
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
      readMetrics(lab, { from: START_AT - 60 * SECOND, periodSeconds }, spoiling.throttledShare, chance),
    ]),
  )
  const input: MeasureInput = {
    ...inputSoFar(false),
    ...(isExpiry ? { nativeExpiryAt: worldInstant(undoneAt) } : { undoIssuedAt: worldInstant(undoneAt) }),
    restored: { lo: worldInstant(undoneAt), hi: worldInstant(backAt) },
    metrics,
    alarms: { detection: readAlarm(lab, watch.cloudOffset, chance) },
    probeMetrics: publishedMetrics(watch.samples, 'front', vantages),
    markers: watch.markers(),
  }
  return {
    drill,
    input,
    truth: {
      question: { from: injectAt, cutOffAt, end, holdMicros: drill.holdMs * 1000 },
      down: vantages.map((vantage) => downFrom(lab, vantage, injectAt)),
      failing: failingUsers(lab, injectAt, GOOD_AT_LEAST),
      alarms: trueAlarms(lab),
      readTo: time.now(),
      loss: trueLoss(lab, { marker: MARKER, vantage: drill.file.spec.vantages.at(-1)?.name ?? '' }, lostAt()),
    },
  }
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

/** Probes and marker writers, each vantage in a process of its own. */
function startWatching(
  drill: Drill,
  lab: OpenWorld,
  time: LabTime,
  scenario: CompiledScenario,
  vantages: readonly string[],
) {
  const { seed, spoiling } = drill
  const samples: Sample[] = []
  const deadFrom = time.now() + chanceOf(seed, 'death').between(0, 400) * SECOND
  const isDead = () => time.now() >= deadFrom && time.now() < deadFrom + spoiling.deadForSeconds * SECOND
  // One process looks from everywhere, or one from each place, with a clock of its own.
  const processes = spoiling.clockErrorMicros > 0 ? vantages.map((vantage) => [vantage]) : [vantages]
  const probers = processes.map((names) => {
    const chance = chanceOf(seed, `prober ${names[0]}`)
    const process = time.process(conditionOf(drill, time.now(), chance))
    const attempts = new Map(
      names.map((vantage) => {
        // Short beside the timeout: what the network alone makes time out is not the world's doing.
        const roundTripMicros = chance.between(500, Math.min(60_000, drill.timeoutMs * 30))
        return [vantage, labAttempt({ world: lab, process, vantage, chance, roundTripMicros })]
      }),
    )
    return createProber({
      probes: scenario.probes,
      vantages: names.map((name) => ({ name })),
      anchor: { monotonicMs: START_AT / 1000, platform: platformInstant(START_AT) },
      environmentClock: REAL_TIME,
      clock: process.clock,
      stalls: process.stalls,
      attempt: (probe, vantage, context) =>
        attempts.get(vantage.name)?.(probe, vantage, context) ??
        Promise.resolve({ end: 'unusable', detail: 'no such vantage' }),
      onSample: (sample) => {
        const isLost = isDead() && sample.vantage === vantages[0]
        if (!isLost && !chance.is(spoiling.lostShare)) samples.push(sample)
      },
    })
  })
  const writers = startWriting(drill, lab, time, scenario)
  return {
    samples,
    cloudOffset: chanceOf(seed, 'cloud').between(-1, 1) * spoiling.clockErrorMicros,
    markers: () => writers?.observations(),
    /** The probers go on to the end of the last hold; markers are read back and done. */
    finish: async (end: number) => {
      const reading = writers?.writer.finish()
      await time.runTo(end)
      await untilDone(time, Promise.all([reading, ...probers.map((prober) => prober.stop())]))
    },
  }
}

function startWriting(drill: Drill, lab: OpenWorld, time: LabTime, scenario: CompiledScenario) {
  const marker = scenario.markers?.[0]
  if (marker === undefined) return undefined
  const chance = chanceOf(drill.seed, 'writer')
  const well: Condition = { offsetMicros: 0, stalls: [], lateness: () => chance.between(0, 2000) }
  const process = time.process(well)
  const network = {
    world: lab,
    process,
    vantage: drill.file.spec.vantages.at(-1)?.name ?? '',
    chance,
    roundTripMicros: chance.between(500, 60_000),
  }
  const writes = new Map<number, MarkerRecord['writes'][number]>()
  const readings: MarkerRecord['readings'][number][] = []
  const writer: MarkerWriter = writeMarkers({
    runId: RUN,
    marker,
    path: labMarkerPath(network, marker, SERVICE),
    store: {
      open: async () => Math.max(-1, ...writes.keys()),
      append: async (_run, _marker, more) => more.forEach((write) => writes.set(write.seq, write)),
      addReading: async (_run, _marker, reading) => void readings.push(reading),
      conclude: async () => undefined,
      read: async () => [{ marker: marker.name, writes: [...writes.values()], readings }],
      leftBehind: async () => [],
    },
    clock: process.clock,
    world: () => worldTime({ monotonicMs: START_AT / 1000, platform: platformInstant(START_AT) }, REAL_TIME),
    stalls: process.stalls,
    onTrouble: () => undefined,
  })
  return {
    writer,
    observations: () => ({
      [marker.name]: {
        order: marker.order,
        periodMs: marker.periodMs,
        writes: [...writes.values()].toSorted((a, b) => a.seq - b.seq),
        readings,
      },
    }),
  }
}

type Ahead = Readonly<{ expected: readonly Happening[]; injectAt: number; fault: PutIn }>

/** Lets the world go on until the drill's undo is due; answers when that is. */
async function untilUndo(
  { ending, actAfterSeconds }: Drill,
  time: LabTime,
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

/** Lets time go on for as long as something takes. */
async function untilDone(time: LabTime, something: Promise<unknown>): Promise<void> {
  const progress = { isDone: false }
  void something.finally(() => {
    progress.isDone = true
  })
  while (!progress.isDone) await time.runTo(time.now() + SECOND)
  await something
}

/** Takes the fault out; what cannot be done yet is tried again. Answers when everything is taken to be back. */
async function takeOut(
  time: LabTime,
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

async function runThrough(time: LabTime, expected: readonly Happening[], until: number): Promise<void> {
  const from = time.now()
  for (const { at, act } of expected.filter((one) => one.at > from && one.at <= until)) {
    await time.runTo(at)
    act()
  }
  await time.runTo(until)
}

function setReplication({ world }: OpenWorld, isPaused: boolean): void {
  for (const { store, region } of world.stores.replicas.values())
    world.stores.setPaused(store, region, isPaused, 'drill')
}
