import {
  platformInstant,
  worldInstant,
  type ClockReading,
  type CompiledScenario,
  type MarkerRecord,
  type RunId,
  type Sample,
} from '@firedrill/core'
import { compareClocks, createProber, worldTime, writeMarkers, type MarkerWriter } from '@firedrill/probes'
import { openWorld, SECOND, type OpenWorld } from '@firedrill/sim'
import { chanceOf, type Chance } from './chance.ts'
import { conditionOf } from './condition.ts'
import type { Drill } from './draw-drill.ts'
import { SERVICE } from './lab-fault.ts'
import { labAttempt, labMarkerPath } from './lab-network.ts'
import { LabTime, type Condition, type LabProcess } from './lab-time.ts'
import { START_AT, type DrillSite, type Watch } from './drill-site.ts'

const WARM_UP_SECONDS = 240
const RUN = 'run_00000000000000000000000001' as RunId
const REAL_TIME = { anchorPlatform: platformInstant(START_AT), anchorWorld: worldInstant(START_AT), rate: 1 }

/** From an instant on everything in the world takes so many times as long; who watches it keeps time. */
export type Slowness = Readonly<{ from: number; times: number }>

/** A world in this process without sockets, whose time moves as fast as everything that is due can be done. */
export async function openLab(
  drill: Drill,
  slow: Slowness = { from: START_AT, times: 1 },
): Promise<DrillSite> {
  const { file, seed } = drill
  const lab = openWorld({ file, seed, startAt: START_AT, warmUpSeconds: WARM_UP_SECONDS })
  const time = new LabTime(START_AT, (at) => lab.advanceTo(slowed(at, slow)))
  return {
    world: lab.world,
    now: () => time.now(),
    runTo: (at) => time.runTo(at),
    watch: (scenario, vantages) => startWatching(drill, lab, time, scenario, vantages),
    close: () => Promise.resolve(),
  }
}

function slowed(at: number, { from, times }: Slowness): number {
  return at <= from ? at : from + Math.round((at - from) / times)
}

/** Probes and marker writers, each vantage in a process of its own. */
function startWatching(
  drill: Drill,
  lab: OpenWorld,
  time: LabTime,
  scenario: CompiledScenario,
  vantages: readonly string[],
): Watch {
  const { seed, spoiling, skew } = drill
  const samples: Sample[] = []
  const deadFrom = time.now() + chanceOf(seed, 'death').between(0, 400) * SECOND
  const isDead = () => time.now() >= deadFrom && time.now() < deadFrom + spoiling.deadForSeconds * SECOND
  // One process looks from everywhere, or one from each place, with a clock of its own.
  const processes = spoiling.clockErrorMicros > 0 ? vantages.map((vantage) => [vantage]) : [vantages]
  const compared: Compared[] = []
  const probers = processes.map((names) => {
    const chance = chanceOf(seed, `prober ${names[0]}`)
    const process = time.process(conditionOf(drill, time.now(), chance))
    if (skew !== undefined) compared.push({ process, cloudMicros: skew.cloudMicros })
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
    clockErrorMicros: spoiling.clockErrorMicros,
    cloudOffset: skew?.cloudMicros ?? chanceOf(seed, 'cloud').between(-1, 1) * spoiling.clockErrorMicros,
    clocks: () => compared[0] && comparisons(compared[0], time.now(), chanceOf(seed, 'comparisons')),
    markers: () => writers?.observations(),
    /** The probers go on to the end of the last hold; markers are read back and done. */
    finish: async (end: number) => {
      const reading = writers?.writer.finish()
      await time.runTo(end)
      await untilDone(time, Promise.all([reading, ...probers.map((prober) => prober.stop())]))
    },
  }
}

type Compared = Readonly<{ process: LabProcess; cloudMicros: number }>

const COMPARED_EVERY_SECONDS = 5

/** What the prober makes of its exchanges with platform and cloud, whose ways are as uneven as they like. */
function comparisons(
  { process: { readingAt }, cloudMicros }: Compared,
  until: number,
  chance: Chance,
): readonly ClockReading[] {
  const comparison = compareClocks(
    { monotonicMs: START_AT / 1000, platform: platformInstant(START_AT) },
    REAL_TIME,
  )
  const found: ClockReading[] = []
  for (let at = START_AT; at < until; at += COMPARED_EVERY_SECONDS * SECOND) {
    for (const isCloud of [false, true]) {
      const asked = at + Math.round(chance.between(0, 2 * SECOND))
      const there = asked + Math.round(chance.between(500, 80_000))
      const way = {
        sentMs: readingAt(asked),
        receivedMs: readingAt(there + Math.round(chance.between(500, 300_000))),
      }
      const second = Math.floor((there + cloudMicros) / SECOND) * SECOND
      const reading = isCloud
        ? comparison.cloud({ ...way, second: platformInstant(second) })
        : comparison.prober({ ...way, platform: platformInstant(there) })
      if (reading !== undefined) found.push(reading)
    }
  }
  return found
}

function startWriting(drill: Drill, lab: OpenWorld, time: LabTime, scenario: CompiledScenario) {
  const marker = scenario.markers?.[0]
  if (marker === undefined) return undefined
  const chance = chanceOf(drill.seed, 'writer')
  const { skew } = drill
  const well: Condition = {
    offsetMicros: skew?.proberMicros ?? 0,
    driftPerMillion: skew?.driftPerMillion,
    stalls: [],
    lateness: () => chance.between(0, 2000),
  }
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

/** Lets time go on for as long as something takes. */
async function untilDone(time: LabTime, something: Promise<unknown>): Promise<void> {
  const progress = { isDone: false }
  void something.finally(() => {
    progress.isDone = true
  })
  while (!progress.isDone) await time.runTo(time.now() + SECOND)
  await something
}
