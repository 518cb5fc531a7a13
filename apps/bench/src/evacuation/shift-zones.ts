import { createAwsClients } from '@firedrill/aws'
import type { CompiledScenario, InjectStep, RunState } from '@firedrill/core'
import { SECOND, startSimulator, type World } from '@firedrill/sim'
import { labEnvironment, openLab, START_AT } from '../library/lab.ts'
import { libraryScenario } from '../library/play-scenario.ts'

/** What a large shift of DNS weights is made of. */
export type Shift = Readonly<{ records: number; zones: number; seed: number }>

/** One leg: seconds of the world from the decision until Route 53 took the last batch, and until all name servers had it. */
export type Leg = Readonly<{
  takenS: number
  everywhereS: number
  /** The least that the account's budget of changes allows until the last batch is taken. */
  boundS: number
  /** The least until it is on every name server: with what Route 53 itself took to bring the last one there. */
  everywhereBoundS: number
}>

/** How it went, out and back. `workMs`: processor time of engine, adapters, SDK and simulator on the way out. */
export type Shifted = Readonly<{ verdict: string; out: Leg; back: Leg; workMs: number; isAsBefore: boolean }>

/** The account's budget of changes in Route 53: what it holds, and what it regains each second. */
const BUDGET = { burst: 1500, perSecond: 100 }
const VARIANTS = ['primary', 'standby'] as const

/**
 * Shifts every record of many zones from one variant to the other and back, each zone in one batch, against the simulator's
 * own limits: the engine over memory, the adapters and unmodified SDK clients over sockets.
 */
export async function shiftZones({ records, zones, seed }: Shift): Promise<Shifted> {
  const sim = await startSimulator({ rate: 'manual', world: 'weighted-standby', seed, startAt: START_AT })
  const clients = createAwsClients()
  try {
    const each = records / zones
    const names = Array.from({ length: zones }, (_, index) => `zone-${index + 1}`)
    const hostedZones = Object.fromEntries(names.map((name) => [name, plantZone(sim.world, name, each)]))
    const base = labEnvironment(sim)
    const environment = {
      ...base,
      hostedZones: { ...base.hostedZones, ...hostedZones },
      touch: { ...base.touch, blastRadius: { targetsMax: records, percentMax: 100 } },
    }
    let workMs = 0
    const onSecond = (state: RunState, spentMs: number) => {
      if (state.status === 'responding' && state.failbackAt === undefined) workMs += spentMs
    }
    const before = weightsOf(sim.world)
    const scenario = scenarioOf(names, each)
    const state = await openLab({ sim, clients, scenario, environment, onSecond }).play()
    if (state.failbackAt === undefined) throw new Error(`it ended ${state.status}: ${state.refusal ?? ''}`)
    const steps = Object.values(state.steps)
    return {
      verdict: state.measurement?.verdict ?? `${state.status}: ${state.refusal ?? ''}`,
      out: legOf(sim.world, 'Firedrill evacuation', state.decidedAt, {
        changes: 2 * records,
        doneAt: Math.max(...steps.map(({ injected }) => injected?.hi ?? Infinity)),
      }),
      back: legOf(sim.world, 'Firedrill failback', state.failbackAt, {
        changes: 2 * records,
        doneAt: Math.max(...steps.map(({ recovery }) => recovery?.verifiedAt ?? Infinity)),
      }),
      workMs,
      isAsBefore: weightsOf(sim.world) === before,
    }
  } finally {
    clients.close()
    await sim.close()
  }
}

/** A zone of names with two weighted variants each, the first of which is sent everybody. */
function plantZone(world: World, zone: string, records: number): Readonly<{ id: string; domain: string }> {
  const id = `Z${zone.replace('zone-', '').padStart(20, '0')}`
  const domain = `${zone}.example`
  const about = { zoneId: id, alias: null, healthCheckId: null }
  const apex = { ...about, name: `${domain}.`, setIdentifier: null, routing: { policy: 'simple' as const } }
  const nameServers = ['ns-1.example.', 'ns-2.example.', 'ns-3.example.', 'ns-4.example.']
  const soa = 'ns-1.example. hostmaster.example. 1 7200 900 1209600 60'
  const named = Array.from({ length: records / VARIANTS.length }, (_, index) => index).flatMap((index) =>
    VARIANTS.map((variant, at) => ({
      ...about,
      name: `app-${index}.${domain}.`,
      type: 'A',
      setIdentifier: variant,
      routing: { policy: 'weighted' as const, weight: at === 0 ? 100 : 0 },
      ttl: 60,
      values: [`198.51.100.${at + 1}`],
    })),
  )
  world.dns.plant({ id, name: `${domain}.`, callerReference: zone, comment: '', nameServers }, [
    { ...apex, type: 'NS', ttl: 172_800, values: nameServers },
    { ...apex, type: 'SOA', ttl: 60, values: [soa] },
    ...named,
  ])
  return { id, domain }
}

/** One step for each zone, none of which waits for another. */
function scenarioOf(zones: readonly string[], recordsEach: number): CompiledScenario {
  const base = libraryScenario('planned-evacuation')
  const steps = zones.map((zone): InjectStep => ({
    kind: 'inject',
    name: `shift-${zone}`,
    after: [],
    fault: 'route53-shift-traffic',
    targets: {
      region: 'standby',
      tags: {},
      zones: [],
      choose: { mode: 'all' },
      max: recordsEach,
      zone,
      record: '*',
      recordTypes: ['A'],
      recordSet: 'primary',
    },
    durationMs: 3 * 3_600_000,
    parameters: {},
    part: 'response',
  }))
  return {
    ...base,
    name: 'many-zones',
    blastRadius: { targetsMax: zones.length * recordsEach, percentMax: 100 },
    steps,
    timing: { ...base.timing, recoverWithinMs: 1_800_000 },
  }
}

function legOf(
  world: World,
  comment: string,
  from: number | undefined,
  { changes, doneAt }: Readonly<{ changes: number; doneAt: number }>,
): Leg {
  const taken = [...world.dns.changes.values()]
    .filter((change) => change.comment?.startsWith(comment) === true)
    .toSorted((one, other) => one.submittedAt - other.submittedAt)
  const last = taken.at(-1)
  if (last === undefined || from === undefined) throw new Error(`nothing was changed: ${comment}`)
  const atBest = (batches: number) =>
    Math.max(0, (changes * batches) / taken.length - BUDGET.burst) / BUDGET.perSecond
  return {
    takenS: (last.submittedAt - from) / SECOND,
    everywhereS: (doneAt - from) / SECOND,
    boundS: atBest(taken.length),
    everywhereBoundS: Math.max(
      ...taken.map(
        ({ submittedAt, insyncAt }, index) =>
          atBest(index + 1) + ((insyncAt ?? Infinity) - submittedAt) / SECOND,
      ),
    ),
  }
}

function weightsOf({ dns }: World): string {
  return [...dns.recordSets.values()]
    .map(({ name, type, setIdentifier, routing }) => JSON.stringify([name, type, setIdentifier, routing]))
    .toSorted()
    .join('\n')
}
