import { worldInstant, type MarkerObservations, type MarkerReading, type MarkerWrite } from '@firedrill/core'
import { SECOND, startSimulator, type Simulator } from '@firedrill/sim'

/** How often a number is written, and how long its acknowledgement may take. */
export const PERIOD_MS = 1000
export const TIMEOUT_MS = 2000

const START = 1_800_000_000 * SECOND
const STORE = 'orders'
const PRIMARY = { region: 'eu-west-1', address: '198.51.100.10' }
const STANDBY = { region: 'eu-central-1', address: '203.0.113.10' }
/** Writes before the hosts are stopped, and until users have moved to the other Region. */
const STOP_AT = 90
const MOVE_AT = 150
const WRITES = 170
/** So finely the witness looks for the instant at which the last host is gone. */
const LOOK = 20_000

/** What one world went through. */
export type LostRegion = Readonly<{
  observations: MarkerObservations
  /** From when on losses count. */
  from: number
  /** The loss lies between these, by what the users of the same store wrote and by its hosts. Microseconds. */
  truth: Readonly<{ lo: number; hi: number }>
  /** Numbers of the writer's that are lost, by the witness. */
  lost: readonly number[]
}>

/**
 * Writes a number a second through a simulated application while every host of its Region is stopped, one by one within
 * seconds, and its data is a minute behind elsewhere. In the simulator's own process and time: what is measured is the
 * estimator, not the machine.
 */
export async function loseRegion(seed: number): Promise<LostRegion> {
  const simulator = await startSimulator({ world: 'slow-replica', seed, rate: 'manual', startAt: START })
  try {
    simulator.advance(120 * SECOND)
    return observe(simulator, seed)
  } finally {
    await simulator.close()
  }
}

function observe(simulator: Simulator, seed: number): LostRegion {
  const { world } = simulator
  const from = world.now()
  const writes: MarkerWrite[] = []
  const readings: MarkerReading[] = []
  let goneAt: number | undefined
  let failedFrom: number | undefined
  const goTo = (instant: number) => {
    while (world.now() < instant) {
      simulator.advance(Math.min(LOOK, instant - world.now()))
      if (!isServing(simulator)) goneAt ??= world.now()
    }
  }
  for (let seq = 0; seq < WRITES; seq += 1) {
    goTo(from + seq * PERIOD_MS * 1000 + ((seed * 7919) % 1000) * 1000)
    if (seq === STOP_AT) world.compute.stop(hostsOf(simulator), 'bench')
    const write = writeOne(simulator, seq, goTo)
    writes.push(write)
    if (write.outcome === 'failed') failedFrom ??= seq
    else if (failedFrom !== undefined) {
      readings.push(readBack(simulator, seq, failedFrom - 1))
      failedFrom = undefined
    }
  }
  const observations: MarkerObservations = { order: 'ordered', periodMs: PERIOD_MS, writes, readings }
  return { observations, from, ...witness(simulator, goneAt ?? Number.NaN) }
}

function hostsOf({ world }: Simulator): readonly string[] {
  return [...world.compute.inRegion(PRIMARY.region)].map(({ id }) => id)
}

function isServing({ world }: Simulator): boolean {
  return [...world.compute.inRegion(PRIMARY.region)].some(({ appUp }) => appUp)
}

function placeOf(seq: number): typeof PRIMARY {
  return seq < MOVE_AT ? PRIMARY : STANDBY
}

function writeOne({ world }: Simulator, seq: number, goTo: (instant: number) => void): MarkerWrite {
  const sentAt = world.now()
  const limit = TIMEOUT_MS * 1000
  const outcome = world.balancers.request(placeOf(seq).address, 80, sentAt)
  const took = outcome.kind === 'answer' ? outcome.after : outcome.kind === 'refused' ? 0 : limit
  const isServed = outcome.kind === 'answer' && outcome.status === 200 && took < limit
  goTo(sentAt + Math.min(took, limit))
  const isStored = isServed && world.stores.write(STORE, `bench/${seq}`).kind === 'acknowledged'
  const times = { sentAt: worldInstant(sentAt), endedAt: worldInstant(world.now()) }
  return { seq, ...times, outcome: isStored ? 'acknowledged' : 'failed' }
}

function readBack({ world }: Simulator, seq: number, upTo: number): MarkerReading {
  const keys = world.stores.keys(STORE, placeOf(seq).region, 'bench/')?.keys ?? []
  const now = worldInstant(world.now())
  const present = keys.map(numberOf).map((number): [number, number] => [number, number])
  return { why: 'switch', startedAt: now, endedAt: now, upTo, present }
}

/** The end is when no application of the Region was left that could acknowledge; the start is between the last kept and the first lost write of anybody. */
function witness({ world }: Simulator, goneAt: number): Pick<LostRegion, 'truth' | 'lost'> {
  const gone = world.stores.lost(STORE)
  const writes = world.stores.writes.all().filter(({ store }) => store === STORE)
  const firstLost = writes.find(({ seq }) => gone.has(seq))
  const lastKept = writes.findLast(({ seq }) => firstLost !== undefined && seq < firstLost.seq)
  return {
    truth: {
      lo: goneAt - LOOK - (firstLost?.at ?? Number.NaN),
      hi: goneAt - (lastKept?.at ?? Number.NaN),
    },
    lost: writes.flatMap(({ seq, key }) => (key !== null && gone.has(seq) ? [numberOf(key)] : [])),
  }
}

function numberOf(key: string): number {
  return Number(key.split('/')[1])
}
