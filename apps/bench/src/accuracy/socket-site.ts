import { platformInstant, worldInstant, type CompiledScenario, type Sample } from '@firedrill/core'
import { createProber } from '@firedrill/probes'
import { joinLockstep, type LockstepClock } from '@firedrill/runtime'
import { startSimulator, type Simulator } from '@firedrill/sim'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chanceOf } from './chance.ts'
import type { Drill } from './draw-drill.ts'
import { START_AT, type DrillSite, type Watch } from './drill-site.ts'

/**
 * A simulator with its ports, and a prober with the network of this machine: resolvers, connections and requests are real. Time
 * stands still while anything is under way, so that a busy machine makes no probe late.
 */
export async function openSockets(drill: Drill): Promise<DrillSite> {
  const directory = mkdtempSync(join(tmpdir(), 'firedrill-accuracy-'))
  try {
    const world = join(directory, 'world.yaml')
    // JSON is YAML, too.
    writeFileSync(world, JSON.stringify(drill.file))
    const simulator = await startSimulator({ world, seed: drill.seed, startAt: START_AT, rate: 'lockstep' })
    const clock = await joinLockstep({ control: simulator.endpoints.control, name: 'drill' })
    return {
      world: simulator.world,
      now: () => clock.worldNow(),
      runTo: (at) => clock.sleep(Math.max(0, at - clock.worldNow()) / 1000),
      watch: (scenario, vantages) => startWatching(drill, simulator, clock, scenario, vantages),
      close: async () => {
        await clock.leave()
        await simulator.close()
      },
    }
  } finally {
    rmSync(directory, { recursive: true })
  }
}

function startWatching(
  { seed, spoiling }: Drill,
  { endpoints }: Simulator,
  clock: LockstepClock,
  scenario: CompiledScenario,
  vantages: readonly string[],
): Watch {
  const samples: Sample[] = []
  const lost = chanceOf(seed, 'lost on the way')
  const prober = createProber({
    probes: scenario.probes,
    vantages: vantages.map((name) => ({
      name,
      resolver: endpoints.dns.recursive.find(({ vantage }) => vantage === name)?.address,
    })),
    proxy: endpoints.gateway,
    anchor: { monotonicMs: clock.monotonicMs(), platform: platformInstant(0) },
    environmentClock: { anchorPlatform: platformInstant(0), anchorWorld: worldInstant(START_AT), rate: 0 },
    clock,
    onSample: (sample) => {
      if (!lost.is(spoiling.lostShare)) samples.push(sample)
    },
  })
  return {
    samples,
    clockErrorMicros: 0,
    cloudOffset: 0,
    clocks: () => undefined,
    // The writer's own bench holds its figures against the same witness over sockets.
    markers: () => undefined,
    finish: async (end) => {
      await clock.sleep(Math.max(0, end - clock.worldNow()) / 1000)
      await prober.stop()
    },
  }
}
