import type { RunId } from '@firedrill/core'
import type { Arena, Played } from './arena.ts'
import { drillOf, expiringSteps } from './drill-kinds.ts'
import { before, find, isRevert, type Before } from './witness.ts'
import type { ProofWorld } from './world.ts'

/** A drill under way whose faults end by themselves. */
export type Begun = Readonly<{
  world: ProofWorld
  was: Before
  /** Settles when the first fault is in, or the drill over without one. */
  isIn: Promise<void>
  over: Promise<Played>
  /** What is broken now, in words. */
  left(): Promise<readonly string[]>
}>

/** Begins a drill of two records; the second is to go long before the fault of the first ends. `lostMs`: platform time. */
export async function begin(arena: Arena, name: string, world: ProofWorld, lostMs: number): Promise<Begun> {
  const was = await before(world.control)
  let entered = (): void => undefined
  const inside = new Promise<void>((resolve) => {
    entered = resolve
  })
  const look = async (run: RunId) => {
    const { steps } = (await arena.lab.row(run)).state
    if (Object.values(steps).some(({ injected }) => injected !== undefined)) entered()
  }
  const over = arena.play(drillOf(name, world, expiringSteps(world)), world, {
    lostMs,
    // The database may be what is away.
    meanwhile: (run) => look(run).catch(() => undefined),
  })
  // Whoever waits for the end gets to know of a failure; until then it must not end the process.
  const isIn = Promise.race([inside, over.then(() => undefined)])
  isIn.catch(() => undefined)
  return { world, was, isIn, over, left: async () => (await find(world.control, was)).left }
}

/** Seconds of platform time from a fault's expiry until the first call that put it back; undefined without either. */
export async function undoneAfterExpiryS(
  arena: Arena,
  { world, was }: Begun,
  run: RunId,
): Promise<number | undefined> {
  const events = await arena.lab.stores.runs.events(run, 0, 10_000)
  const expiresAt = events.flatMap(({ type, data }) =>
    type === 'injection-requested' && 'expiresAt' in data ? [data.expiresAt] : [],
  )[0]
  const undo = (await find(world.control, was)).mutations.find((one) => isRevert(one))
  if (expiresAt === undefined || undo === undefined) return undefined
  return (undo.worldAt - expiresAt) / 1_000_000 / world.rate
}
