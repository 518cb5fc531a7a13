import type {
  CallClock,
  CompiledEnvironment,
  CompiledScenario,
  MarkerPaths,
  MarkerStore,
  PlatformInstant,
  RunId,
  RunRow,
  RunStore,
  Status,
} from '@firedrill/core'
import { watchStalls, type StallWatch } from '../schedule/stall-watch.ts'
import { readAnchor, worldTime, type Anchor, type WorldTime } from '../schedule/world-time.ts'
import { cleanUp, writeMarkers, type MarkerTrouble, type MarkerWriter } from './marker-writer.ts'

/** What keeping marker writers takes. */
export type MarkerKeeperPorts = Readonly<{
  definitionsOf: (
    row: RunRow,
  ) => Promise<Readonly<{ scenario: CompiledScenario; environment: CompiledEnvironment }>>
  runs: Pick<RunStore, 'get'>
  platformNow: () => Promise<PlatformInstant>
  store: MarkerStore
  paths: MarkerPaths
  clock: CallClock
  onTrouble: (trouble: MarkerTrouble) => void
}>

/** Keeps the marker writers of every run that is probed, and takes out what is left of those that are over. */
export type MarkerKeeper = Readonly<{
  /** One look at the runs that are probed now. Does not wait for what it sets going. */
  look(rows: readonly RunRow[]): Promise<void>
  /** Stops writing, and waits for what is being taken out. Whoever starts next goes on. */
  stop(): Promise<void>
}>

type Kept = {
  world: WorldTime
  readonly anchor: Anchor
  readonly writers: readonly MarkerWriter[]
  ending?: Promise<void>
}

/** How often writes that were left behind are looked for. Real time. */
const LEFT_BEHIND_EVERY_MS = 5000
const BEAT_MS = 10
/** From here on nothing of the drill is left to measure, and the primary is back. */
const BACK = ['settling', 'closed'] as const satisfies readonly Status[]

/** Starts, follows and ends marker writers. */
export function createMarkerKeeper(given: MarkerKeeperPorts): MarkerKeeper {
  const { clock } = given
  const ports = { ...given, store: held(given.store, clock) }
  const kept = new Map<RunId, Kept>()
  const stalls = watchStalls(() => clock.monotonicMs(), BEAT_MS)
  let lookedAtMs = Number.NEGATIVE_INFINITY
  let clearing: Promise<void> | undefined

  const finish = (id: RunId, run: Kept, isOver: boolean) => {
    run.ending ??= Promise.all(run.writers.map((writer) => writer.finish())).then(() => undefined)
    if (isOver) void run.ending.finally(() => kept.delete(id))
  }

  return {
    look: async (rows) => {
      const wanted = new Map(rows.map((row) => [row.id, row]))
      for (const [id, run] of kept) if (!wanted.has(id)) finish(id, run, true)
      for (const row of rows) {
        const run = kept.get(row.id) ?? (await begin(row, ports, stalls))
        kept.set(row.id, run)
        run.world = worldTime(run.anchor, row.clock)
        if ((BACK as readonly Status[]).includes(row.state.status)) finish(row.id, run, false)
      }
      if (clearing !== undefined || clock.monotonicMs() - lookedAtMs < LEFT_BEHIND_EVERY_MS) return
      lookedAtMs = clock.monotonicMs()
      clearing = takeOutLeftBehind(ports, new Set(kept.keys())).finally(() => {
        clearing = undefined
      })
    },
    stop: async () => {
      await Promise.all(
        [...kept.values()].map((run) => run.ending ?? Promise.all(run.writers.map((one) => one.stop()))),
      )
      await clearing
      stalls.stop()
    },
  }
}

async function begin(row: RunRow, ports: MarkerKeeperPorts, stalls: StallWatch): Promise<Kept> {
  const { scenario, environment } = await ports.definitionsOf(row)
  const markers = scenario.markers ?? []
  const anchor =
    markers.length === 0
      ? { monotonicMs: 0, platform: row.createdAt }
      : await readAnchor(ports.platformNow, () => ports.clock.monotonicMs())
  const writers: MarkerWriter[] = []
  const run: Kept = { world: worldTime(anchor, row.clock), anchor, writers }
  const isBack = (BACK as readonly Status[]).includes(row.state.status)
  markers.forEach((marker, index) => {
    const realMs = (worldMs: number) => run.world.realMs(worldMs)
    try {
      writers.push(
        writeMarkers({
          runId: row.id,
          marker,
          path: ports.paths.open(row.id, marker, environment, realMs),
          store: ports.store,
          clock: ports.clock,
          world: () => run.world,
          // A world that stands still while anything is left to do cannot be slept through.
          stalls: row.clock.rate === 0 ? undefined : stalls,
          offsetMs: Math.round((marker.periodMs * (index + 0.5)) / markers.length),
          isEnding: isBack,
          onTrouble: ports.onTrouble,
        }),
      )
    } catch (error) {
      ports.onTrouble({ kind: 'marker-path', runId: row.id, marker: marker.name, error })
    }
  })
  return run
}

/** Takes out what a prober that died could not. */
async function takeOutLeftBehind(ports: MarkerKeeperPorts, busy: ReadonlySet<RunId>): Promise<void> {
  const left = await ports.store.leftBehind().catch(() => [])
  for (const { runId, teamId, marker } of left) {
    if (busy.has(runId)) continue
    try {
      const row = await ports.runs.get(teamId, runId)
      if (row === undefined) continue
      const { scenario, environment } = await ports.definitionsOf(row)
      const compiled = scenario.markers?.find(({ name }) => name === marker)
      if (compiled === undefined) continue
      const world = worldTime({ monotonicMs: 0, platform: row.createdAt }, row.clock)
      const path = ports.paths.open(runId, compiled, environment, (worldMs) => world.realMs(worldMs))
      await ports.store.conclude(runId, marker, await cleanUp(path, ports.clock, () => world))
      await path.close()
    } catch (error) {
      ports.onTrouble({ kind: 'marker-path', runId, marker, error })
    }
  }
}

/** The store, with world time held until it has answered. */
function held(store: MarkerStore, { work }: CallClock): MarkerStore {
  return {
    open: (...args) => work(() => store.open(...args)),
    append: (...args) => work(() => store.append(...args)),
    addReading: (...args) => work(() => store.addReading(...args)),
    conclude: (...args) => work(() => store.conclude(...args)),
    read: (...args) => work(() => store.read(...args)),
    leftBehind: () => work(() => store.leftBehind()),
  }
}
